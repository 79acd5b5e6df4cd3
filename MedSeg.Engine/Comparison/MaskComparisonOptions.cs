using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Comparison;

/// <summary>Which masks are compared, and how.</summary>
public sealed record MaskComparisonOptions
{
    /// <summary>Gets the absolute path of each rater's folder of masks, or of each rater's mask file; at least two.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Gets the name of each rater; empty for the names of the folders or files.</summary>
    public IReadOnlyList<string> RaterNames { get; init; } = [];

    /// <summary>
    /// Gets the folder of the images that the masks were drawn on; null if they are compared without images. Images give the pixel spacing and
    /// the patient, and the slices that volumes are matched with.
    /// </summary>
    public string? ImagePath { get; init; }

    /// <summary>Gets the pixel spacing of all masks; null for that of the images or volumes.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets a value indicating whether subfolders are searched as well.</summary>
    public bool Recurse { get; init; }

    /// <summary>Gets what the names of masks have in addition to the common name: one suffix for all raters that have it, or one for each; empty for none.</summary>
    public IReadOnlyList<string> MaskSuffixes { get; init; } = [];

    /// <summary>Gets the names of the ROIs 1 to K; if empty, K is the highest value found in the masks.</summary>
    public IReadOnlyList<string> LabelNames { get; init; } = [];

    /// <summary>Gets the ROIs that the values, segments and colours of masks are mapped to.</summary>
    public LabelMapping LabelMap { get; init; } = LabelMapping.None;

    /// <summary>Gets the difference in grey levels between consecutive ROIs in JPEG masks; null to derive it from each mask.</summary>
    public int? JpegStep { get; init; }

    /// <summary>
    /// Gets the regular expression that finds the patient in the name of a slice: its first group, or the whole match. Null for the patient of the
    /// image or, without images, the subfolder or volume.
    /// </summary>
    public string? PatientPattern { get; init; }

    /// <summary>Gets the largest mean difference of areas that does not matter, in the unit of the areas; null for no test of equivalence.</summary>
    public double? EquivalenceMargin { get; init; }

    /// <summary>Gets the same as a percentage of the first rater's mean area.</summary>
    public double? EquivalencePercent { get; init; }

    /// <summary>Gets the seed of the bootstrap intervals.</summary>
    public int Seed { get; init; }

    /// <summary>Returns the name of each rater.</summary>
    internal string[] Raters()
    {
        string[] names = RaterNames.Count > 0 ? [.. RaterNames] : [.. Paths.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)))];
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length ? names : [.. Paths];
    }

    /// <summary>Returns the suffix of a rater's masks: a suffix for all raters is not required where no mask has it.</summary>
    internal string SuffixOf(int rater, CancellationToken cancellationToken)
    {
        if (MaskSuffixes.Count != 1)
        {
            return MaskSuffixes.Count == 0 ? "" : MaskSuffixes[rater];
        }

        bool HasSuffix(string path) => PairName.WithoutSuffix(Path.GetFileName(path)[..^(DataFiles.MaskExtensionOf(path) ?? Path.GetExtension(path)).Length], MaskSuffixes[0]) is not null;
        return Directory.Exists(Paths[rater]) && FolderFiles.Enumerate(Paths[rater], Recurse, cancellationToken: cancellationToken).Any(HasSuffix) ? MaskSuffixes[0] : "";
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException"><c>RaterInvalid</c>.</exception>
    internal void Validate()
    {
        if (Paths.Count < 2)
        {
            throw Invalid($"{(Paths.Count == 1 ? "One folder of masks was" : "No folders of masks were")} given, but a comparison needs at least two.", "Give the folder of each rater: Compare-MedSegMask ./rater1 ./rater2");
        }

        if (Paths.GroupBy(path => path, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Invalid($"{twice.Key}: The folder was given twice.", "Give the folder of each rater once.");
        }

        if (RaterNames.Count > 0 && (RaterNames.Count != Paths.Count || RaterNames.Distinct(StringComparer.OrdinalIgnoreCase).Count() != Paths.Count))
        {
            throw Invalid($"There are {Paths.Count} raters, but the names are {string.Join(", ", RaterNames)}.", "Give each rater a name of its own with -RaterName, in the order of the folders.");
        }

        if (MaskSuffixes.Count > 1 && MaskSuffixes.Count != Paths.Count)
        {
            throw Invalid($"There are {Paths.Count} raters, but {MaskSuffixes.Count} suffixes of masks.", "Give one -MaskSuffix for all raters, or one for each, in the order of the folders.");
        }
    }

    private static MedSegException Invalid(string finding, string advice) => new(ErrorKind.InvalidArgument, ErrorIds.RaterInvalid, finding) { Advice = advice };
}
