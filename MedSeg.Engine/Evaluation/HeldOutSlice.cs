using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Labels;
using MedSeg.Metrics;

namespace MedSeg.Evaluation;

/// <summary>A slice that its model was not trained on, and what the model found there.</summary>
internal sealed class HeldOutSlice
{
    private readonly PackedMask _found;
    private readonly IReadOnlyList<ComponentOverlap>[] _components;
    private readonly long[] _truth;

    private HeldOutSlice(Sample sample, byte[] truth, byte[] found, int roiCount)
    {
        Sample = sample;
        _found = PackedMask.Of(found);
        _truth = [.. OverlapCounts.Of(truth, found, roiCount).Select(counts => counts.Truth)];
        _components = Compare(truth, found, sample.Columns, roiCount);
    }

    /// <summary>Gets the slice.</summary>
    public Sample Sample { get; }

    /// <summary>Gets the area of a pixel in mm²; null if it is unknown.</summary>
    public double? PixelArea => Sample.Spacing?.PixelArea;

    /// <summary>Gets pixels that the model gave to an ROI and the label does not ignore, with their index in the image; a sample where there are many.</summary>
    public required IReadOnlyList<(int Index, ScoredPixel Pixel)> Pixels { get; init; }

    /// <summary>Compares a found mask with the label.</summary>
    /// <param name="sample">The slice.</param>
    /// <param name="found">The ROI numbers that the model found.</param>
    /// <param name="probabilities">The probabilities of each pixel with an ROI, [pixels, K + 1], in the order of the pixels.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <param name="pixelsPerRoi">The number of pixels of an ROI to keep.</param>
    public static HeldOutSlice Of(Sample sample, byte[] found, ReadOnlyMemory<float> probabilities, int roiCount, int pixelsPerRoi)
    {
        byte[] truth = sample.Pixels!.ReadTruth().Unpack();
        (int, ScoredPixel)[] chosen = Choose(sample, truth, found, probabilities, roiCount, pixelsPerRoi);

        // Where an ROI was not drawn, nobody knows whether it is right.
        byte[] judged = sample.DrawnRois is null ? found : Array.ConvertAll(found, roi => roi == 0 || sample.IsDrawn(roi) ? roi : (byte)0);
        return new HeldOutSlice(sample, truth, judged, roiCount) { Pixels = chosen };
    }

    /// <summary>Returns the ROI numbers that the model found; ROIs that were not drawn are background.</summary>
    public byte[] Found() => _found.Unpack();

    /// <summary>Returns the ROI numbers of the label.</summary>
    public byte[] Truth() => Sample.Pixels!.ReadTruth().Unpack();

    /// <summary>Returns the components of an ROI.</summary>
    /// <param name="roi">The ROI's number, from 1.</param>
    /// <param name="group">What the slice belongs to.</param>
    public HeldOutRoi Roi(int roi, string group) => new(group, PixelArea, _truth[roi - 1], _components[roi - 1]);

    private static IReadOnlyList<ComponentOverlap>[] Compare(byte[] truth, byte[] found, int columns, int roiCount)
    {
        var components = new MaskComponents(found, columns);
        long[] both = new long[components.List.Count];
        long[] counted = new long[components.List.Count];
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] != 0 && truth[i] != IgnoredPixels.Number)
            {
                counted[components.At(i)]++;
                both[components.At(i)] += found[i] == truth[i] ? 1 : 0;
            }
        }

        ILookup<int, ComponentOverlap> byRoi = components.List.Select((c, i) => (c.Roi, new ComponentOverlap(c.Pixels, counted[i], both[i], components.IsLargest(i)))).ToLookup(c => (int)c.Roi, c => c.Item2);
        return [.. Enumerable.Range(1, roiCount).Select(roi => byRoi[roi].ToArray())];
    }

    // Pixels at equal distances in the order of the rows, so that the choice is the same each time.
    private static (int, ScoredPixel)[] Choose(Sample sample, byte[] truth, byte[] found, ReadOnlyMemory<float> probabilities, int roiCount, int pixelsPerRoi)
    {
        var all = new List<(int Index, int Order)>[roiCount + 1];
        int order = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] != 0 && truth[i] != IgnoredPixels.Number && sample.IsDrawn(found[i]))
            {
                (all[found[i]] ??= []).Add((i, order));
            }

            order += found[i] != 0 ? 1 : 0;
        }

        int channels = roiCount + 1;
        var chosen = new List<(int, ScoredPixel)>();
        foreach (List<(int Index, int Order)> roi in all.OfType<List<(int, int)>>())
        {
            int count = Math.Min(roi.Count, pixelsPerRoi);
            for (int i = 0; i < count; i++)
            {
                (int index, int place) = roi[(int)((i + 0.5) * roi.Count / count)];
                float[] own = probabilities.Slice(place * channels, channels).ToArray();
                chosen.Add((index, new ScoredPixel(own, found[index], truth[index], (double)roi.Count / count)));
            }
        }

        return [.. chosen];
    }
}
