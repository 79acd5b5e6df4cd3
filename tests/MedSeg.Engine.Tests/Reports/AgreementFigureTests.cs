using System.Buffers.Binary;
using System.Text;
using System.Xml.Linq;
using MedSeg.Comparison;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Reports;

namespace MedSeg.Tests.Reports;

/// <summary>Figures of agreement, in PNG and SVG.</summary>
public sealed class AgreementFigureTests
{
    private const double TenthOfInch = 2.54;

    // Bias 10, standard deviation 2.138, limits 5.8 and 14.2.
    private static readonly double[] s_differences = [8, 12, 8, 12, 8, 12, 8, 12];

    private static readonly double[] s_backgrounds = [255, 233, 215];

    [Fact]
    public void PNG_has_its_size_in_mm_at_its_resolution()
    {
        using var stream = new MemoryStream();
        AgreementFigure.Write(stream, Scores(1), new AgreementFigureOptions { Width = 10 * TenthOfInch * 4, Dpi = 200 });
        byte[] png = stream.ToArray();

        // The chunk pHYs follows the header: 200 dpi are 7874 pixels per metre.
        Assert.Equal("pHYs", Encoding.ASCII.GetString(png, 37, 4));
        Assert.Equal(7874, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(41)));
        Assert.Equal(800, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
    }

    [Fact]
    public void SVG_states_its_size_in_mm_and_has_bias_and_limits_as_text()
    {
        XDocument svg = Svg(Scores(1), AgreementFigureKind.BlandAltman);
        string[] texts = TextsOf(svg);

        Assert.Equal("170mm", svg.Root!.Attribute("width")!.Value);
        Assert.Equal("122.4mm", svg.Root.Attribute("height")!.Value);
        Assert.Equal("0 0 481.89 346.96", svg.Root.Attribute("viewBox")!.Value);
        Assert.Superset(new HashSet<string>(["ROI 1", "Mean of both areas (mm²)", "ben − anna (mm²)", "+1.96 SD", "14.2", "Bias", "10.0", "−1.96 SD", "5.8"]), new HashSet<string>(texts));
        Assert.Equal(s_differences.Length, PointsOf(svg));
    }

    [Theory]
    [InlineData(AgreementFigureKind.BlandAltman)]
    [InlineData(AgreementFigureKind.Identity)]
    [InlineData(AgreementFigureKind.Dice)]
    public void Each_slice_of_each_ROI_is_a_point_in_the_colour_of_the_ROI(AgreementFigureKind kind)
    {
        MaskScore[] scores = [.. Scores(1), .. Scores(2), .. Scores(3), .. Scores(4), .. Scores(5)];

        Assert.Equal(scores.Length, PointsOf(Svg(scores, kind)));
        var picture = new Picture(stream => AgreementFigure.Write(stream, scores, new AgreementFigureOptions { Kind = kind }));
        for (int roi = 1; roi <= 5; roi++)
        {
            // The points let the background shine through: white, or the grey of one or two bands.
            RgbColor color = RoiPalette.ColorOf(roi);
            int count = s_backgrounds.Sum(background => picture.CountIn(0, 0, 1, 1, p => IsOn(p.Red, color.Red, background) && IsOn(p.Green, color.Green, background) && IsOn(p.Blue, color.Blue, background)));
            Assert.True(count > 100, $"ROI {roi}: {count}");
        }
    }

    [Fact]
    public void Identity_shows_ICC_and_patients_with_their_slices()
    {
        MaskScore[] scores = [.. Scores(1).Select((s, i) => s with { Patient = $"P{i / 2}" })];

        Assert.Superset(new HashSet<string>(["n = 4 (8 slices)", "anna (mm²)", "ben (mm²)"]), new HashSet<string>(TextsOf(Svg(scores, AgreementFigureKind.Identity))));
    }

    [Fact]
    public void One_patient_has_a_bias_without_limits()
    {
        string[] texts = TextsOf(Svg([.. Scores(1).Select(s => s with { Patient = "P1" })], AgreementFigureKind.BlandAltman));

        Assert.Contains("Bias", texts);
        Assert.DoesNotContain("+1.96 SD", texts);
    }

    [Fact]
    public void Slices_without_the_ROI_give_nothing_to_draw()
    {
        MaskScore[] empty = [.. Scores(1).Select(s => s with { PixelsA = 0, PixelsB = 0 })];

        Assert.Equal(ErrorIds.EmptyPlot, Assert.Throws<MedSegException>(() => AgreementFigure.Write(Stream.Null, empty)).ErrorId);
        Assert.Equal(ErrorIds.OptionOutOfRange, Assert.Throws<MedSegException>(() => AgreementFigure.Write(Stream.Null, Scores(1), new AgreementFigureOptions { Width = 5 })).ErrorId);
    }

    [Theory]
    [InlineData(0, 10, 5, "0,2,4,6,8,10")]
    [InlineData(-37, 86, 6, "−25,0,25,50,75")]
    [InlineData(0.85, 1, 5, "0.85,0.90,0.95,1.00")]
    [InlineData(1234, 1234.6, 3, "1234.0,1234.2,1234.4,1234.6")]
    public void Ticks_are_round_numbers(double low, double high, int ticks, string expected)
    {
        var axis = FigureAxis.Between(low, high, ticks);

        Assert.Equal(expected, string.Join(',', axis.Ticks.Select(axis.Format)));
    }

    private static MaskScore[] Scores(int roi) => [.. s_differences.Select((difference, i) => new MaskScore
    {
        Slice = $"S{i}",
        Patient = $"S{i}",
        Roi = roi,
        Name = $"ROI {roi}",
        RaterA = "anna",
        RaterB = "ben",
        Dice = 0.9 + (0.01 * i),
        AreaA = 100 + (20 * i),
        AreaB = 100 + (20 * i) + difference,
        PixelsA = 100,
        PixelsB = 100,
        Unit = "mm",
    })];

    private static XDocument Svg(MaskScore[] scores, AgreementFigureKind kind)
    {
        using var stream = new MemoryStream();
        AgreementFigure.Write(stream, scores, new AgreementFigureOptions { Kind = kind }, isSvg: true);
        return XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static string[] TextsOf(XDocument svg) => [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim())];

    private static bool IsOn(byte found, byte color, double background) => Math.Abs(found - (background + ((color - background) * 0xB0 / 255.0))) < 4;

    // Each point is a filled circle and its rim.
    private static int PointsOf(XDocument svg) => svg.Descendants().Count(e => e.Name.LocalName is "circle" or "ellipse") / 2;
}
