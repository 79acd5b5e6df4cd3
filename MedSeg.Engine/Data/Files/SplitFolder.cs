using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Data.Files;

/// <summary>A folder whose subfolders are for training, validation and testing. As folders of patients, held-out slices would be trained on.</summary>
internal static class SplitFolder
{
    private static readonly string[] s_training = ["train", "training", "tr"];
    private static readonly string[] s_heldOut = ["val", "valid", "validation", "test", "testing", "ts", "heldout", "holdout"];

    /// <summary>Refuses folders that are a split of a data set by their names, such as train and held-out.</summary>
    /// <param name="path">The absolute path of the folder that they are in.</param>
    /// <param name="folders">The folders with images and masks; their names are relative to the path, with slashes.</param>
    /// <exception cref="MedSegException"><c>FolderIsSplit</c>: one folder is for training and another one is held out.</exception>
    public static void ThrowIf(string path, IReadOnlyList<PatientFolder> folders)
    {
        string[] names = [.. folders.Select(folder => folder.Patient.Split('/')[0]).Distinct(StringComparer.Ordinal)];
        if (Array.Find(names, name => s_training.Contains(Plain(name))) is { } training && Array.Find(names, name => s_heldOut.Contains(Plain(name))) is { } heldOut)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FolderIsSplit, $"{path}: The folder has a data set for training, '{training}', and one that is held out, '{heldOut}'.", path)
            {
                Advice = $"Import each on its own, such as '{Path.Combine(path, training)}', and give the one that is held out to -ValidationDataset or Measure-MedSegModel. If these are folders of patients, use -FolderPattern.",
            };
        }
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetter)).ToLowerInvariant();
}
