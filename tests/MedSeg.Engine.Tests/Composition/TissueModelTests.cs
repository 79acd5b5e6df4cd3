using System.Text.Json;
using MedSeg.Composition;
using MedSeg.Imaging;

namespace MedSeg.Tests.Composition;

/// <summary>Thresholds, clusters and mixtures against scipy (Data/make_composition.py), and phantoms of known fat fraction.</summary>
public sealed class TissueModelTests
{
    private const int Pixels = 4000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Models_are_those_of_scipy(int index)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Composition", "Data", "expected.json")));
        JsonElement row = document.RootElement[index];
        float[] sorted = [.. row.GetProperty("Pixels").Deserialize<float[]>()!.Order()];
        int components = row.GetProperty("Components").GetInt32();

        var mixture = MixtureModel.Fit(sorted, components);

        Assert.Equal(row.GetProperty("Otsu").GetDouble(), OtsuSplit.Of(sorted), 1e-4);
        RequireClose(row.GetProperty("Centers"), Clusters.Centers(sorted, components), 1e-3);
        RequireClose(row.GetProperty("Weights"), mixture.Weights, 1e-4);
        RequireClose(row.GetProperty("Means"), mixture.Means, 0.02);
        RequireClose(row.GetProperty("Deviations"), mixture.Deviations, 0.02);
    }

    [Theory]
    [InlineData(FatMethod.Otsu)]
    [InlineData(FatMethod.KMeans)]
    [InlineData(FatMethod.Mixture)]
    public void Fraction_of_a_noisy_phantom_is_right_to_one_percentage_point(FatMethod method)
    {
        // Muscle 200 and fat 700 with noise of 60: the classes are eight deviations apart.
        foreach (double fat in (double[])[0.05, 0.1, 0.25, 0.5])
        {
            float[] pixels = Phantom(fat, 60);

            double found = TissueModel.Fit(method, 2, pixels)!.Measure(pixels).Fat;

            Assert.True(Math.Abs(found - fat) < 0.01, $"{fat:0.00}: {found:0.0000}");
        }
    }

    [Fact]
    public void Mixture_is_right_where_classes_overlap_and_thresholds_are_not()
    {
        // Four deviations apart and little fat: the tail of muscle above the threshold counts as fat.
        float[] pixels = Phantom(0.05, 125);

        double mixture = TissueModel.Fit(FatMethod.Mixture, 2, pixels)!.Measure(pixels).Fat;
        double otsu = TissueModel.Fit(FatMethod.Otsu, 2, pixels)!.Measure(pixels).Fat;

        Assert.InRange(mixture, 0.04, 0.06);
        Assert.True(Math.Abs(otsu - 0.05) > 0.015, $"{otsu}");
    }

    [Fact]
    public void Three_components_leave_out_what_is_between()
    {
        var random = new Random(5);
        float[] pixels = [.. Enumerable.Range(0, Pixels).Select(i => (float)((i < 2400 ? 200 : i < 3200 ? 450 : 700) + (40 * Normal(random))))];

        foreach (FatMethod method in (FatMethod[])[FatMethod.KMeans, FatMethod.Mixture])
        {
            (double fat, double? between) = TissueModel.Fit(method, 3, pixels)!.Measure(pixels);

            Assert.Equal(0.2, fat, 0.01);
            Assert.Equal(0.2, between!.Value, 0.01);
        }
    }

    [Fact]
    public void Few_or_equal_pixels_have_no_model()
    {
        Assert.Null(TissueModel.Fit(FatMethod.Otsu, 2, [1, 2, 3]));
        Assert.Null(TissueModel.Fit(FatMethod.Mixture, 2, new float[100]));
        Assert.NotNull(TissueModel.Fit(FatMethod.Mixture, 3, [.. Enumerable.Repeat(1f, 50), .. Enumerable.Repeat(2f, 50)]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.5, 0.8)]
    public void Perimeter_of_a_circle_is_right_to_one_percent(double row, double column)
    {
        const int Side = 200;
        const double Radius = 40;
        byte[] mask = new byte[Side * Side];
        for (int i = 0; i < mask.Length; i++)
        {
            double y = (((i / Side) - 100) * row) + 0.3;
            double x = (((i % Side) - 100) * column) - 0.2;
            mask[i] = (x * x) + (y * y) < Radius * Radius ? (byte)1 : (byte)0;
        }

        double perimeter = RoiShape.Perimeter(mask, Side, 1, new PixelSpacing(row, column));

        Assert.InRange(perimeter / (2 * Math.PI * Radius), 0.99, 1.01);
    }

    [Fact]
    public void Erosion_takes_pixels_off_all_sides_and_the_border()
    {
        byte[] mask = new byte[7 * 8];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = i / 8 < 5 && i % 8 is > 1 and < 7 ? (byte)(i % 8 < 5 ? 3 : 4) : (byte)0;
        }

        byte[] once = RoiShape.Erode(mask, 8, 1);

        // ROI 3 has rows 0 to 4 and columns 2 to 4; ROI 4 only two columns.
        Assert.Equal([1 * 8 + 3, 2 * 8 + 3, 3 * 8 + 3], Enumerable.Range(0, mask.Length).Where(i => once[i] == 3));
        Assert.DoesNotContain((byte)4, once);
        Assert.Equal(mask, RoiShape.Erode(mask, 8, 0));
        Assert.DoesNotContain((byte)3, RoiShape.Erode(mask, 8, 2));
        Assert.Equal((2.0, 3.0), RoiShape.Centroid(mask, 8, 3));
    }

    private static float[] Phantom(double fat, double noise)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, Pixels).Select(i => (float)((i < fat * Pixels ? 700 : 200) + (noise * Normal(random))))];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void RequireClose(JsonElement expected, double[] found, double tolerance) =>
        Assert.All(expected.Deserialize<double[]>()!.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
