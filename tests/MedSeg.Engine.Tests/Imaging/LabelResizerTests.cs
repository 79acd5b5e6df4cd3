using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Models;

namespace MedSeg.Tests.Imaging;

public sealed class LabelResizerTests
{
    private const int Size = 128;

    public static TheoryData<int, int> Ratios => new() { { 128, 128 }, { 192, 192 }, { 256, 256 }, { 384, 384 }, { 512, 512 }, { 256, 192 }, { 180, 300 }, { 90, 100 } };

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(40)]
    public void Masks_are_resized_as_Pillow_resizes_them_by_nearest_neighbour(int size) => Assert.Equal(
        ImagingData.Mask($"nearest_{size}.npy"),
        LabelResizer.Resize(ImagingData.Mask("nearest_source.npy"), ResizeGeometry.Of(23, 17, size, ResizeMode.Stretch), LabelResampling.Nearest));

    [Theory]
    [InlineData(LabelResampling.Area)]
    [InlineData(LabelResampling.Nearest)]
    public void Padding_of_a_mask_is_background(LabelResampling resampling) => Assert.Equal(
        [0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 7, 8, 0],
        LabelResizer.Resize([1, 2, 3, 4, 5, 6, 7, 8], ResizeGeometry.Of(4, 2, 4, ResizeMode.Pad), resampling));

    [Property(MaxTest = 300)]
    public Property The_ROI_with_the_largest_share_wins() => Prop.ForAll(FewRois().ToArbitrary(), Geometries(), (mask, target) =>
    {
        ResizeGeometry geometry = target.Of(mask.Rows, mask.Columns);

        byte[] resized = LabelResizer.Resize(mask.Roi, geometry, LabelResampling.Area);

        for (int i = 0; i < resized.Length; i++)
        {
            double[] shares = SharesOf(mask, geometry, i / target.Size, i % target.Size);
            Assert.InRange(shares[resized[i]], shares.Max() - 3e-5, 1.0001);
        }
    });

    [Property(MaxTest = 200)]
    public Property A_mask_that_was_enlarged_comes_back_the_same() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), mask =>
    {
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            var geometry = ResizeGeometry.Of(mask.Rows, mask.Columns, 3 * Math.Max(mask.Rows, mask.Columns), mode);
            byte[] enlarged = LabelResizer.Resize(mask.Roi, geometry, LabelResampling.Nearest);
            Assert.Equal(mask.Roi, Enumerable.Range(0, mask.Roi.Length).Select(i => enlarged[Middle(i, mask.Columns, geometry)]));
        }
    });

    // What a perfect network learns of the labels, back at the image's own size.
    [Theory]
    [MemberData(nameof(Ratios))]
    public void Disc_stays_where_it_is(int rows, int columns)
    {
        var geometry = ResizeGeometry.Of(rows, columns, Size, ResizeMode.Stretch);
        var random = new Random(5);
        (double Row, double Column) image = default;
        (double Row, double Column) label = default;
        const int discs = 300;
        for (int i = 0; i < discs; i++)
        {
            byte[] truth = Disc(rows, columns, random);
            (double row, double column) = Centroid(truth, columns);
            float[] resized = ImageResizer.ResizeImage(Array.ConvertAll(truth, v => (float)v), geometry);
            (double y, double x) = Centroid(resized, Size);
            Add(ref image, ((y + 0.5) * rows / Size) - 0.5 - row, ((x + 0.5) * columns / Size) - 0.5 - column);

            byte[] back = Return(LabelResizer.Resize(truth, geometry, LabelResampling.Area), geometry);
            (y, x) = Centroid(back, columns);
            Add(ref label, y - row, x - column);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"image {image.Row / discs:0.0000} {image.Column / discs:0.0000}, ROI {label.Row / discs:0.0000} {label.Column / discs:0.0000} pixels");
        Assert.All([image.Row, image.Column, label.Row, label.Column], sum => Assert.InRange(sum / discs, -0.02, 0.02));
    }

    [Theory]
    [InlineData(256, -0.5)]
    [InlineData(512, -0.5)]
    [InlineData(384, 0)]
    [InlineData(192, 0)]
    [InlineData(128, 0)]
    [InlineData(64, 0)]
    public void Shift_of_nearest_neighbour_is_known_and_undone(int side, double moved)
    {
        var geometry = ResizeGeometry.Of(side, side, Size, ResizeMode.Stretch);
        var random = new Random(6);
        double shifted = 0;
        double restored = 0;
        const int discs = 100;
        for (int i = 0; i < discs; i++)
        {
            byte[] truth = Disc(side, side, random);
            double row = Centroid(truth, side).Row;
            byte[] labels = LabelResizer.Resize(truth, geometry, LabelResampling.Nearest);
            shifted += Centroid(Return(labels, geometry), side).Row - row;
            restored += Centroid(Return(labels, geometry, LabelResampling.Nearest), side).Row - row;
        }

        Assert.Equal(-moved, LabelResizer.ShiftOfNearest(side, Size), 1e-12);
        Assert.Equal(moved, shifted / discs, 0.03);
        Assert.Equal(0, restored / discs, 0.03);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void Thin_rings_stay_rings_at_least_as_often_as_with_nearest_neighbour(double ratio)
    {
        int side = (int)(64 * ratio);
        var geometry = ResizeGeometry.Of(side, side, 64, ResizeMode.Stretch);
        var random = new Random(7);
        int area = 0;
        int nearest = 0;
        for (int i = 0; i < 150; i++)
        {
            double radius = side * (0.15 + (0.25 * random.NextDouble()));
            double thickness = ratio * (1 + (1.5 * random.NextDouble()));
            double y = (side / 2.0) + random.NextDouble();
            double x = (side / 2.0) + random.NextDouble();
            byte[] ring = Draw(side, side, (row, column) => Math.Abs(Math.Sqrt(Square(row - y) + Square(column - x)) - radius) <= thickness / 2);
            area += IsRing(LabelResizer.Resize(ring, geometry, LabelResampling.Area), 64) ? 1 : 0;
            nearest += IsRing(LabelResizer.Resize(ring, geometry, LabelResampling.Nearest), 64) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"rings of 150: area {area}, nearest {nearest}");
        Assert.InRange(area, Math.Max(nearest, 1), 150);
    }

    [Fact]
    public void What_is_cropped_comes_back_as_background_at_its_place()
    {
        // 40 × 40 pixels of 1 mm, of which the network sees the middle 16 × 16 pixels of 2 mm.
        var geometry = ResizeGeometry.Of(40, 40, 16, 2, new PixelSpacing(1, 1));
        byte[] truth = Draw(40, 40, (row, _) => row >= 10);

        byte[] back = Return(LabelResizer.Resize(truth, geometry, LabelResampling.Area), geometry);

        Assert.Equal(Draw(40, 40, (row, column) => row is >= 10 and < 36 && column is >= 4 and < 36), back);
    }

    // Pixel by pixel, without separating rows and columns. Padding is background.
    private static double[] SharesOf(RandomMask mask, ResizeGeometry geometry, int row, int column)
    {
        double[] shares = new double[4];
        for (int y = 0; y < mask.Rows; y++)
        {
            for (int x = 0; x < mask.Columns; x++)
            {
                double height = Overlap(row - geometry.Top, geometry.Rows, y, mask.Rows);
                shares[mask.Roi[(y * mask.Columns) + x]] += height * Overlap(column - geometry.Left, geometry.Columns, x, mask.Columns);
            }
        }

        double sum = shares.Sum();
        return sum == 0 ? [1, 0, 0, 0] : [.. shares.Select(share => share / sum)];
    }

    private static double Overlap(int target, int targets, int source, int sources)
    {
        if (target < 0 || target >= targets)
        {
            return 0;
        }

        double length = Math.Max(1, (double)sources / targets);
        double centre = (target + 0.5) * sources / targets;
        return Math.Max(0, Math.Min(source + 1, centre + (length / 2)) - Math.Max(source, centre - (length / 2)));
    }

    private static int Middle(int pixel, int columns, ResizeGeometry geometry)
    {
        int row = geometry.Top + (int)(((pixel / columns) + 0.5) * geometry.Rows / geometry.SourceRows);
        int column = geometry.Left + (int)(((pixel % columns) + 0.5) * geometry.Columns / geometry.SourceColumns);
        return (row * geometry.Size) + column;
    }

    private static byte[] Return(byte[] labels, ResizeGeometry geometry, LabelResampling resampling = LabelResampling.Area)
    {
        float[] probabilities = [.. Array.ConvertAll(labels, v => 1f - v), .. Array.ConvertAll(labels, v => (float)v)];
        byte[] mask = new byte[geometry.SourceRows * geometry.SourceColumns];
        ProbabilityResampler.Restore(probabilities, 2, geometry, resampling, mask, new float[mask.Length]);
        return mask;
    }

    private static byte[] Disc(int rows, int columns, Random random)
    {
        double radius = Math.Min(rows, columns) * (0.1 + (0.2 * random.NextDouble()));
        double y = (rows / 2.0) + ((random.NextDouble() - 0.5) * rows * 0.3);
        double x = (columns / 2.0) + ((random.NextDouble() - 0.5) * columns * 0.3);
        return Draw(rows, columns, (row, column) => Square(row - y) + Square(column - x) <= radius * radius);
    }

    private static byte[] Draw(int rows, int columns, Func<int, int, bool> isInside)
    {
        byte[] mask = new byte[rows * columns];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = isInside(i / columns, i % columns) ? (byte)1 : (byte)0;
        }

        return mask;
    }

    private static double Square(double x) => x * x;

    private static void Add(ref (double Row, double Column) sum, double row, double column) => sum = (sum.Row + row, sum.Column + column);

    private static (double Row, double Column) Centroid<T>(T[] weights, int columns)
        where T : struct, INumber<T>
    {
        double sum = 0;
        (double Row, double Column) moment = default;
        for (int i = 0; i < weights.Length; i++)
        {
            double weight = double.CreateChecked(weights[i]);
            sum += weight;
            Add(ref moment, weight * (i / columns), weight * (i % columns));
        }

        return (moment.Row / sum, moment.Column / sum);
    }

    // One part, with one hole.
    private static bool IsRing(byte[] mask, int columns)
    {
        byte[] filled = [.. mask];
        MaskPostprocessing.FillHoles(filled, columns, [new RoiPostProcessing { FillHoles = true }]);
        int holes = ConnectedComponents.Count([.. filled.Zip(mask, (f, m) => (byte)(f - m))], columns, 1)[1].Count;
        return ConnectedComponents.Count(mask, columns, 1)[1].Count == 1 && holes == 1;
    }

    private static Gen<RandomMask> FewRois() =>
        from rows in Gen.Choose(1, 24)
        from columns in Gen.Choose(1, 24)
        from roi in Gen.Choose(0, 3).ArrayOf(rows * columns)
        select new RandomMask(rows, columns, Array.ConvertAll(roi, v => (byte)v));

    private static Arbitrary<Target> Geometries() => (
        from size in Gen.Choose(1, 24)
        from kind in Gen.Choose(0, 2)
        from row in Gen.Choose(1, 8)
        from column in Gen.Choose(1, 8)
        select new Target(size, kind, new PixelSpacing(row / 2.0, column / 2.0))).ToArbitrary();

    /// <summary>A way to resize: stretched, padded or to a pixel size.</summary>
    public sealed record Target(int Size, int Kind, PixelSpacing Spacing)
    {
        internal ResizeGeometry Of(int rows, int columns) => Kind switch
        {
            0 => ResizeGeometry.Of(rows, columns, Size, ResizeMode.Stretch),
            1 => ResizeGeometry.Of(rows, columns, Size, ResizeMode.Pad),
            _ => ResizeGeometry.Of(rows, columns, Size, 2, Spacing),
        };
    }
}
