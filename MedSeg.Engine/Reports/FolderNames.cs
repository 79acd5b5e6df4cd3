using MedSeg.Data;
using MedSeg.Labels;

namespace MedSeg.Reports;

/// <summary>Removes folders from texts in reports, which are passed on: folders tell who worked where.</summary>
internal static class FolderNames
{
    /// <summary>Removes the folders of a data set: its files are named relative to them.</summary>
    /// <param name="text">A path or a message.</param>
    /// <param name="dataset">The data set.</param>
    public static string Remove(string text, Dataset dataset) =>
        new[] { dataset.DicomPath, dataset.LabelPath }
            .OrderByDescending(folder => folder.Length)
            .Aggregate(text, (rest, folder) => rest
                .Replace(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, string.Empty, StringComparison.Ordinal)
                .Replace(folder, Last(folder), StringComparison.Ordinal));

    /// <summary>Removes the folders of a data set from a problem's message.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="dataset">The data set.</param>
    public static LabelProblem Remove(LabelProblem problem, Dataset dataset) => problem with { Message = Remove(problem.Message, dataset) };

    /// <summary>Returns the name of a folder without those that it is in.</summary>
    /// <param name="folder">The absolute path.</param>
    public static string Last(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
}
