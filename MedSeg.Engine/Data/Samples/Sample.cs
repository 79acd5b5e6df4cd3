using System.Text.Json.Serialization;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Data.Samples;

/// <summary>A slice and its label mask.</summary>
public sealed record Sample
{
    /// <summary>Gets the file name without ending, which image and mask share.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the absolute path of the image; null where the mask has none.</summary>
    public required string? ImagePath { get; init; }

    /// <summary>Gets the absolute path of the mask; null where the image has none.</summary>
    public required string? LabelPath { get; init; }

    /// <summary>Gets a salted hash that tells patients apart within this session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the rows of the file.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the columns of the file.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixels, or null where the file does not say.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the values of the mask at its own size.</summary>
    public required IReadOnlyList<LabelValueCount> Values { get; init; }

    /// <summary>Gets the pixels of background and of the ROIs 1 to K at the mask's own size; empty where the sample cannot be used.</summary>
    public IReadOnlyList<long> RoiPixels { get; init; } = [];

    /// <summary>Gets the connected parts of background (not counted) and of the ROIs 1 to K at the mask's own size; empty where the sample cannot be used.</summary>
    public IReadOnlyList<RoiComponents> RoiParts { get; init; } = [];

    /// <summary>Gets what is wrong with the sample.</summary>
    public required IReadOnlyList<LabelProblem> Problems
    {
        get;

        // What collection expressions make has no indexer, which PowerShell needs for $sample.Problems[0].
        init => field = value as LabelProblem[] ?? [.. value];
    }

    /// <summary>Gets a value indicating whether the sample can be used for training.</summary>
    public bool IsUsable => Pixels is not null;

    /// <summary>Gets the names that the mask's file gives to ROI numbers.</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<int, string> RoiNames { get; init; } = new Dictionary<int, string>();

    /// <summary>Gets the mean and spread of the image's own values; null where the sample cannot be used.</summary>
    [JsonInclude]
    internal IntensitySpread? Spread { get; init; }

    /// <summary>Gets the modality of the image, for example MR; null where the file does not say.</summary>
    [JsonInclude]
    internal string? Modality { get; init; }

    /// <summary>Gets the intensities and ROI numbers, [S, S]; null where the sample cannot be used.</summary>
    internal SliceStore? Pixels { get; init; }

    /// <summary>Gives the sample with counts for another number of ROIs; those beyond what it has are 0.</summary>
    /// <param name="roiCount">The number K of ROIs.</param>
    internal Sample WithRoiCount(int roiCount) => RoiPixels.Count == 0 || RoiPixels.Count == roiCount + 1
        ? this
        : this with { RoiPixels = Fit(RoiPixels, roiCount + 1), RoiParts = Fit(RoiParts, roiCount + 1) };

    private static T[] Fit<T>(IReadOnlyList<T> values, int count)
    {
        var fitted = new T[count];
        for (int i = 0; i < Math.Min(count, values.Count); i++)
        {
            fitted[i] = values[i];
        }

        return fitted;
    }
}
