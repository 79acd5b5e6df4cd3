using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Pictures;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;
using SkiaSharp;

namespace MedSeg.Tests.Reports;

/// <summary>Strips and animations of a volume.</summary>
public sealed class SliceAnimationTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pillow_shows_each_slice_in_order_for_as_long_as_it_should()
    {
        List<SegmentedSlice> slices = Segment(4);
        string path = _folder.PathOf("a.png");
        using (FileStream png = File.Create(path))
        {
            SliceAnimation.Write(png, [slices[2], slices[0], slices[3], slices[1]], isFilled: true, milliseconds: 150, cancellationToken: TestContext.Current.CancellationToken);
        }

        // The shapes grow from slice to slice, and so does the number of tinted pixels.
        const string Script = """
            import sys
            try:
                from PIL import Image, ImageSequence
            except ModuleNotFoundError:
                sys.exit("No module named PIL")
            image = Image.open(sys.argv[1])
            tinted = [sum(1 for r, g, b in frame.convert("RGB").getdata() if max(r, g, b) - min(r, g, b) > 20) for frame in ImageSequence.Iterator(image)]
            print(image.n_frames, image.info["loop"], image.info["duration"], tinted == sorted(set(tinted)))
            """;
        Assert.Equal("4 0 150.0 True", OutsideTool.Run("/usr/bin/python3", "-c", Script, path).Trim());
        using SKBitmap first = SKBitmap.Decode(path);
        Assert.Equal((24 + 480 + 24, 24 + 26 + 240 + 16 + 26 + 24), (first.Width, first.Height));
    }

    [Fact]
    public void A_strip_has_a_row_for_each_series_with_slices_at_even_distances()
    {
        for (int number = 1; number <= 5; number++)
        {
            _folder.Add($"a{number}", number, seriesUid: "1.2.3");
            _folder.Add($"b{number}", number, seriesUid: "1.2.4");
        }

        List<SegmentedSlice> slices = [.. _folder.Run().OrderByDescending(slice => slice.Name)];
        File.Delete(slices.Single(slice => slice.Name == "b2").MaskPath!);
        using var png = new MemoryStream();

        ContactSheet.WriteStrip(png, slices, 3, cancellationToken: TestContext.Current.CancellationToken);

        using SKBitmap strip = SKBitmap.Decode(png.ToArray());
        Assert.Equal(((2 * 24) + (3 * 360) + (2 * 16), 24 + (2 * (26 + 180 + 16)) + 26 + 24), (strip.Width, strip.Height));
    }

    [Theory]
    [InlineData("1 0 0", "0 1 0", "R A")]
    [InlineData("-1 0 0", "0 -1 0", "R A")]
    [InlineData("0 1 0", "1 0 0", "R A")]
    [InlineData("0 -1 0", "1 0 0", "R A")]
    [InlineData("1 0 0", "0 0 1", "R H")]
    [InlineData("0 0 -1", "-1 0 0", "R H")]
    [InlineData("0 -1 0", "0 0 -1", "A H")]
    [InlineData("0 0 1", "0 1 0", "A H")]
    public void Slices_are_turned_to_how_radiologists_expect_them(string column, string row, string expected)
    {
        // Two rows of three pixels; each pixel's value tells its place in the patient.
        (Vector3D right, Vector3D down) = (Parse(column), Parse(row));
        var plane = new ImagePlane(default, right, down, 2, 3);
        float[] image = [.. Enumerable.Range(0, 6).Select(i => Value((i % 3 * right) + (i / 3 * down)))];
        var slice = new PicturedSlice(image, [.. image.Select(v => (byte)(v % 7))], 2, 3) { Plane = plane, Directions = SliceDirections.Of(plane), Spacing = new PixelSpacing(1, 1) };

        PicturedSlice turned = RadiologicalView.Turn(slice);

        Assert.Equal(expected, $"{turned.Directions!.Value.Left} {turned.Directions.Value.Top}");
        Vector3D acrossSide = -1 * Of(turned.Directions.Value.Left);
        Vector3D downSide = -1 * Of(turned.Directions.Value.Top);
        float step = Value(acrossSide) - Value(default);
        Assert.All(Enumerable.Range(0, turned.Rows * (turned.Columns - 1)), i => Assert.Equal(step, At(turned, i / (turned.Columns - 1), (i % (turned.Columns - 1)) + 1) - At(turned, i / (turned.Columns - 1), i % (turned.Columns - 1))));
        float stepDown = Value(downSide) - Value(default);
        Assert.All(Enumerable.Range(0, (turned.Rows - 1) * turned.Columns), i => Assert.Equal(stepDown, At(turned, (i / turned.Columns) + 1, i % turned.Columns) - At(turned, i / turned.Columns, i % turned.Columns)));
        Assert.Equal(turned.Image.Select(v => (byte)(v % 7)), turned.Mask);

        static float At(PicturedSlice slice, int row, int column) => slice.Image[(row * slice.Columns) + column];
    }

    [Fact]
    public void Slices_without_sides_stay_as_they_are_and_too_many_are_an_error()
    {
        var slice = new PicturedSlice(new float[6], new byte[6], 2, 3);
        Assert.Same(slice, RadiologicalView.Turn(slice));

        SegmentedSlice one = Segment(1)[0];
        Assert.Equal(ErrorIds.PreviewTooLarge, Assert.Throws<MedSegException>(() => SliceAnimation.Write(Stream.Null, [.. Enumerable.Repeat(one, 1001)], cancellationToken: TestContext.Current.CancellationToken)).ErrorId);
        Assert.Equal(ErrorIds.EmptyReport, Assert.Throws<MedSegException>(() => SliceAnimation.Write(Stream.Null, [], cancellationToken: TestContext.Current.CancellationToken)).ErrorId);
    }

    private List<SegmentedSlice> Segment(int count)
    {
        for (int number = 1; number <= count; number++)
        {
            _folder.Add($"s{number}", number);
        }

        return _folder.Run();
    }

    private static float Value(Vector3D place) => (float)(100 + (place.X * 1) + (place.Y * 5) + (place.Z * 25));

    // Unit vectors to the sides of the patient, in DICOM's coordinates.
    private static Vector3D Of(char side) => side switch { 'L' => new(1, 0, 0), 'R' => new(-1, 0, 0), 'P' => new(0, 1, 0), 'A' => new(0, -1, 0), 'H' => new(0, 0, 1), _ => new(0, 0, -1) };

    private static Vector3D Parse(string text) => text.Split(' ').Select(double.Parse).ToArray() is [var x, var y, var z] ? new(x, y, z) : default;
}
