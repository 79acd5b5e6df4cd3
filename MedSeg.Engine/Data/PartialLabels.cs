using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Data;

/// <summary>Which ROIs were drawn in the folders where not all were.</summary>
internal sealed class PartialLabels
{
    private readonly (string Folder, int[] Rois)[] _folders;

    /// <summary>Initializes a new instance of the <see cref="PartialLabels"/> class.</summary>
    /// <param name="rois">The names or numbers of the ROIs that were drawn, by folder; folders are relative, as in the names of samples.</param>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <exception cref="MedSegException"><c>PartialLabelInvalid</c>: an ROI does not exist.</exception>
    public PartialLabels(IReadOnlyDictionary<string, IReadOnlyList<string>> rois, IReadOnlyList<string> names)
    {
        // A folder within another one overrides it.
        _folders = [.. rois.Select(entry => (Normalize(entry.Key), entry.Value.Select(roi => NumberOf(roi, entry.Key, names)).Distinct().Order().ToArray())).OrderByDescending(entry => entry.Item1.Length)];
    }

    /// <summary>Notes in each sample which ROIs were drawn.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <returns>The samples, with a warning where a mask has pixels of an ROI that is not listed.</returns>
    /// <exception cref="MedSegException"><c>PartialLabelInvalid</c>: no sample is in a folder.</exception>
    public Sample[] Apply(IEnumerable<Sample> samples, IReadOnlyList<string> names)
    {
        Sample[] all = [.. samples];
        if (Array.Find(_folders, entry => !Array.Exists(all, s => IsIn(s, entry.Folder))) is { Folder: { } missing })
        {
            throw Invalid($"no sample is in the folder '{missing}'", "Give folders as in the names of samples, such as 'siteB', and use -Recurse.");
        }

        return [.. all.Select(sample => Array.Find(_folders, entry => IsIn(sample, entry.Folder)) is { Rois: { } drawn } ? Mark(sample, drawn, names) : sample)];
    }

    private static Sample Mark(Sample sample, int[] drawn, IReadOnlyList<string> names)
    {
        string[] others = [.. Enumerable.Range(1, Math.Max(0, sample.RoiPixels.Count - 1)).Where(roi => sample.RoiPixels[roi] > 0 && !drawn.Contains(roi)).Select(roi => $"'{names[roi - 1]}'")];
        sample = sample with { DrawnRois = drawn };
        return others.Length == 0 ? sample : sample with
        {
            Problems =
            [
                .. sample.Problems,
                new LabelProblem(ErrorIds.LabelNotListed, LabelSeverity.Warning, $"{sample.LabelPath}: The mask has pixels of {string.Join(" and ", others)}, which -PartialLabel does not list for this folder, so no score is computed of them.", 0)
                {
                    Advice = "List all ROIs that were drawn in the folder.",
                },
            ],
        };
    }

    private static bool IsIn(Sample sample, string folder) => sample.Name.StartsWith(folder, StringComparison.OrdinalIgnoreCase);

    private static string Normalize(string folder) => folder.Replace('\\', '/').Trim('/') + "/";

    private static int NumberOf(string roi, string folder, IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(roi, StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return int.TryParse(roi, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= names.Count
            ? number
            : throw Invalid($"'{roi}', which is listed for the folder '{folder}', is not an ROI", $"Use one of -LabelName ({string.Join(", ", names)}), or its number.");
    }

    private static MedSegException Invalid(string problem, string advice) =>
        new(ErrorKind.InvalidArgument, ErrorIds.PartialLabelInvalid, $"-PartialLabel is invalid: {problem}.") { Advice = advice };
}
