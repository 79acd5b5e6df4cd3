using System.Text.Json.Serialization;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Wording;

namespace MedSeg.Data.Samples;

/// <summary>A slice and its label mask.</summary>
public sealed record Sample
{
    /// <summary>Gets the relative path without extension, which image and mask share; frames have a suffix such as <c>_f01</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Returns the name, which is what errors show of the sample.</summary>
    public override string ToString() => Name;

    /// <summary>Gets the absolute path of the image; null if the mask has none.</summary>
    public required string? ImagePath { get; init; }

    /// <summary>Gets the absolute path of the mask; null if the image has none.</summary>
    public required string? LabelPath { get; init; }

    /// <summary>Gets a salted hash of the patient, which is the same for all slices of a patient within this session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets what the sample belongs to, such as a hospital or the data set that it comes from; null if that was not stated.</summary>
    [JsonIgnore]
    public string? Group { get; init; }

    /// <summary>Gets the number of rows of the image.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns of the image.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the pixel spacing; null if the file does not state it.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the values of the mask at its original size.</summary>
    public required IReadOnlyList<LabelValueCount> Values { get; init => field = ItemList<LabelValueCount>.Of(value); }

    /// <summary>Gets the number of pixels of the background and of the ROIs 1 to K at the mask's original size; empty if the sample cannot be used.</summary>
    public IReadOnlyList<long> RoiPixels { get; init => field = ItemList<long>.Of(value); } = ItemList<long>.Of([]);

    /// <summary>Gets the number of ignored pixels at the mask's original size; they are neither background nor ROI.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long IgnoredPixels { get; init; }

    /// <summary>Gets the numbers of the ROIs that were drawn; null if all were.</summary>
    [JsonIgnore]
    public IReadOnlyList<int>? DrawnRois { get; init; }

    /// <summary>Gets the connected parts of the background (not counted) and of the ROIs 1 to K at the mask's original size; empty if the sample cannot be used.</summary>
    public IReadOnlyList<RoiComponents> RoiParts { get; init => field = ItemList<RoiComponents>.Of(value); } = ItemList<RoiComponents>.Of([]);

    /// <summary>Gets the problems of the sample.</summary>
    public required IReadOnlyList<LabelProblem> Problems { get; init => field = ItemList<LabelProblem>.Of(value); }

    /// <summary>Gets a value indicating whether the sample can be used for training.</summary>
    public bool IsUsable => Pixels is not null;

    /// <summary>Gets the ROI names in the mask's file, by ROI number.</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<int, string> RoiNames { get; init; } = new Dictionary<int, string>();

    /// <summary>Gets the highest ROI number in the mask of a sample whose image cannot be used; 0 for any other sample.</summary>
    [JsonInclude]
    internal int HighestRoi { get; init; }

    /// <summary>Gets the mean and spread of the image's values; null if the sample cannot be used.</summary>
    [JsonInclude]
    internal IntensitySpread? Spread { get; init; }

    /// <summary>Gets the modality of the image, for example MR; null if the file does not state it.</summary>
    [JsonInclude]
    internal string? Modality { get; init; }

    /// <summary>Gets the axis along which the slice was cut from its volume; null for any other image.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal SliceAxis? Axis { get; init; }

    /// <summary>Gets the number of the frame or slice within the image file, from 1; null for an image of one frame.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal int? Frame { get; init; }

    /// <summary>Gets the absolute path of each channel; empty if one file has all channels.</summary>
    internal IReadOnlyList<string?> ChannelPaths { get; init; } = [];

    /// <summary>Gets the intensities, [C, S, S], and ROI numbers, [S, S]; null if the sample cannot be used.</summary>
    internal SliceStore? Pixels { get; init; }

    /// <summary>Says whether an ROI was drawn where it is, so that its absence means something.</summary>
    /// <param name="roi">The ROI's number, from 1.</param>
    internal bool IsDrawn(int roi) => DrawnRois is null || DrawnRois.Contains(roi);

    /// <summary>Returns the sample with counts for another number of ROIs; missing counts are 0.</summary>
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
