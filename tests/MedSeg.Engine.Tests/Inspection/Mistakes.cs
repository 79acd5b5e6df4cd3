using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Tests.Data;

namespace MedSeg.Tests.Inspection;

/// <summary>A mistake that people make, planted into a sample.</summary>
/// <param name="Code">The finding that is expected.</param>
/// <param name="GreatestRate">The share of samples up to which it is to be found: what most samples lack cannot be missed.</param>
/// <param name="Plant">Makes the mistake; it is given the sample before, too.</param>
internal sealed record Mistake(string Code, double GreatestRate, Func<Sample, Sample, Random, Sample> Plant);

internal static class Mistakes
{
    private const int Size = PlantedSet.Size;

    public static IReadOnlyDictionary<string, Mistake> All { get; } = new Dictionary<string, Mistake>
    {
        ["two ROIs exchanged"] = new("LabelsExchanged", 0.3, (s, _, _) => PlantedSet.Renumber(s, v => v switch { 1 => 3, 3 => 1, _ => v })),
        ["left and right of one muscle exchanged"] = new("LabelsExchanged", 0.3, (s, _, _) => PlantedSet.Renumber(s, v => v switch { 3 => 4, 4 => 3, _ => v })),
        ["left and right exchanged"] = new("LabelsExchanged", 0.3, (s, _, _) => PlantedSet.Renumber(s, v => v switch { 1 => 2, 2 => 1, 3 => 4, 4 => 3, _ => v })),
        ["image and mask mirrored"] = new("LabelsExchanged", 0.3, (s, _, _) => PlantedSet.Mirror(s, image: true, mask: true)),
        ["three ROIs in a circle"] = new("LabelMistaken", 0.3, (s, _, _) => PlantedSet.Renumber(s, v => v switch { 1 => 2, 2 => 3, 3 => 1, _ => v })),
        ["one ROI alone, with another's number"] = new("LabelMistaken", 0.3, (s, _, _) => PlantedSet.Renumber(s, v => v == 1 ? (byte)3 : (byte)0)),
        ["two ROIs with one number"] = new("RoiDivided", 0.2, (s, _, _) => PlantedSet.Renumber(s, v => v == 2 ? (byte)1 : v)),
        ["mask shifted"] = new("RoiOutlier", 0.2, (s, _, r) => PlantedSet.Shift(s, r.Next(2) == 0 ? -12 : 12, r.Next(-5, 6), alsoImage: false)),
        ["ROI hardly begun"] = new("RoiOutlier", 0.1, (s, _, r) => Shrink(s, (byte)r.Next(1, 5))),
        ["ROI spilt over its edge"] = new("RoiOutlier", 0.1, (s, _, r) => Grow(s, (byte)r.Next(1, 5))),
        ["image inverted"] = new("ImageOutlier", 0.2, (s, _, _) => s with { Pixels = new InMemorySlice([.. s.Image().Select(v => 1 - v)], s.Roi()) }),
        ["slip of the pen"] = new("RoiPieces", 0.3, (s, _, r) => Speck(s, (byte)r.Next(1, 5), r)),
        ["mask empty"] = new("MaskEmpty", 0.05, (s, _, _) => PlantedSet.Renumber(s, _ => 0)),
        ["ROI not drawn"] = new("RoiAbsent", 0.1, (s, _, r) => Without(s, (byte)r.Next(1, 5))),
        ["image of another sample, brighter"] = new("ImageTwice", 0.2, (s, before, _) => s with { Pixels = new InMemorySlice([.. before.Image().Select((v, i) => (v * 0.8f) + 0.1f + (0.002f * (i % 3)))], s.Roi()) }),
        ["mask of another sample"] = new("MaskTwice", 0.2, (s, before, _) => PlantedSet.WithRoi(s, before.Roi())),
        ["image resized"] = new("SizeDiffers", 0.2, (s, _, _) => s with { Rows = s.Rows * 2, Columns = s.Columns * 2 }),
        ["another pixel spacing"] = new("SpacingDiffers", 0.2, (s, _, _) => s with { Spacing = new PixelSpacing(s.Spacing!.Value.Row * 1.2, s.Spacing!.Value.Column * 1.2) }),
        ["no pixel spacing"] = new("SpacingMissing", 0.3, (s, _, _) => s with { Spacing = null }),
    };

    private static Sample Without(Sample sample, byte roi) => PlantedSet.Renumber(sample, v => v == roi ? (byte)0 : v);

    private static Sample Shrink(Sample sample, byte roi)
    {
        long left = Math.Max(4, sample.RoiPixels[roi] / 10);
        return PlantedSet.Renumber(sample, v => v == roi && left-- <= 0 ? (byte)0 : v);
    }

    private static Sample Grow(Sample sample, byte roi)
    {
        byte[] grown = [.. sample.Roi()];
        for (int step = 0; step < 7; step++)
        {
            byte[] before = [.. grown];
            for (int i = Size + 1; i < grown.Length - Size - 1; i++)
            {
                bool touches = before[i - 1] == roi || before[i + 1] == roi || before[i - Size] == roi || before[i + Size] == roi;
                grown[i] = before[i] == 0 && touches ? roi : grown[i];
            }
        }

        return PlantedSet.WithRoi(sample, grown);
    }

    // Two by two pixels, well outside of all ROIs.
    private static Sample Speck(Sample sample, byte roi, Random random)
    {
        byte[] changed = [.. sample.Roi()];
        int row;
        int column;
        do
        {
            (row, column) = (random.Next(6, Size - 6), random.Next(6, Size - 6));
        }
        while (Enumerable.Range(-6, 13).Any(y => Enumerable.Range(-6, 13).Any(x => changed[((row + y) * Size) + column + x] != 0)));

        foreach (int at in (int[])[0, 1, Size, Size + 1])
        {
            changed[(row * Size) + column + at] = roi;
        }

        return PlantedSet.WithRoi(sample, changed);
    }
}
