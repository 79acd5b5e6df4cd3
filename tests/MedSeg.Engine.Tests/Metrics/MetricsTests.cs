using System.Globalization;
using MedSeg.Agreement;
using MedSeg.Evaluation;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Metrics;

namespace MedSeg.Tests.Metrics;

/// <summary>Scores against values that scipy gave (Data/make_metrics.py), and by hand.</summary>
public sealed class MetricsTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Metrics", "Data");

    public static TheoryData<string> Cases => [.. File.ReadAllLines(Path.Combine(s_folder, "expected.tsv")).Skip(1)];

    public static TheoryData<string> MonaiCases => [.. File.ReadAllLines(Path.Combine(s_folder, "monai.tsv")).Skip(1)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_are_those_of_scipy(string line)
    {
        double[] expected = [.. line.Split('\t').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        (byte[] truth, int columns) = Read($"truth{expected[0]}.npy");
        (byte[] found, _) = Read($"found{expected[0]}.npy");

        OverlapCounts counts = OverlapCounts.Of(truth, found, 1)[0];
        (double hausdorff, double mean) = SurfaceDistances.Measure(truth, found, 1, columns, new PixelSpacing(expected[1], expected[2]))!.Value;

        double[] actual = [counts.Dice!.Value, counts.Iou!.Value, counts.Precision!.Value, counts.Recall!.Value, hausdorff, mean];
        Assert.All(actual.Zip(expected[3..]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
    }

    [Theory]
    [MemberData(nameof(MonaiCases))]
    public void Scores_are_those_of_MONAI_but_for_what_is_stated_of_empty_masks(string line)
    {
        // Made by Data/make_monai.py; the last three cases have no mask that is right, none that was found, and neither.
        double[] theirs = [.. line.Split('\t').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        (byte[] truth, byte[] found, int columns) = Pair((int)theirs[0]);
        (bool isTruthEmpty, bool isFoundEmpty) = (!truth.Contains((byte)1), !found.Contains((byte)1));

        OverlapCounts counts = OverlapCounts.Of(truth, found, 1)[0];
        (double Hausdorff95, double Mean)? distances = SurfaceDistances.Measure(truth, found, 1, columns, new PixelSpacing(theirs[1], theirs[2]));

        // An ROI that was invented counts as with ignore_empty=False, one in neither mask is left out as by default.
        bool isInvented = isTruthEmpty && !isFoundEmpty;
        RequireSame(isInvented ? theirs[4] : theirs[3], counts.Dice);
        RequireSame(isInvented ? theirs[6] : theirs[5], counts.Iou);
        RequireSame(theirs[7], counts.Precision);
        RequireSame(theirs[8], counts.Recall);
        RequireSame(isTruthEmpty || isFoundEmpty ? double.NaN : theirs[9], distances?.Hausdorff95);
        RequireSame(isTruthEmpty || isFoundEmpty ? double.NaN : theirs[10], distances?.Mean);

        // What docs/metrics.md says of MONAI where a mask is empty.
        Assert.Equal(isTruthEmpty, double.IsNaN(theirs[3]));
        Assert.Equal(isTruthEmpty && isFoundEmpty ? 1 : counts.Dice!.Value, theirs[4], 1e-6);
        Assert.Equal(isTruthEmpty || isFoundEmpty, double.IsNaN(theirs[9]));
        Assert.Equal(isTruthEmpty ^ isFoundEmpty, double.IsPositiveInfinity(theirs[10]));
    }

    [Fact]
    public void Distances_are_exact_and_know_height_from_width()
    {
        bool[] set = new bool[5 * 7];
        set[(1 * 7) + 2] = true;
        set[(4 * 7) + 6] = true;

        double[] distances = DistanceTransform.Compute(set, 7, new PixelSpacing(2, 0.5));

        for (int i = 0; i < distances.Length; i++)
        {
            double first = Math.Sqrt(Math.Pow(2 * ((i / 7) - 1), 2) + Math.Pow(0.5 * ((i % 7) - 2), 2));
            double second = Math.Sqrt(Math.Pow(2 * ((i / 7) - 4), 2) + Math.Pow(0.5 * ((i % 7) - 6), 2));
            Assert.Equal(Math.Min(first, second), distances[i], 1e-12);
        }
    }

    [Fact]
    public void Empty_masks_follow_the_stated_rules()
    {
        byte[] none = new byte[9];
        byte[] some = [0, 0, 0, 0, 1, 1, 0, 0, 0];

        Assert.Null(OverlapCounts.Of(none, none, 1)[0].Dice);
        Assert.Equal((0, 0, null, 0), Overlaps(some, none));
        Assert.Equal((0, 0, 0, null), Overlaps(none, some));
        Assert.Null(SurfaceDistances.Measure(some, none, 1, 3, new PixelSpacing(1, 1)));
        Assert.Null(SurfaceDistances.Measure(none, some, 1, 3, new PixelSpacing(1, 1)));
        Assert.Equal((0, 0), SurfaceDistances.Measure(some, some, 1, 3, new PixelSpacing(1, 1)));
    }

    [Fact]
    public void Counts_of_slices_add_up() =>
        Assert.Equal(new OverlapCounts(11, 22, 33), new OverlapCounts(1, 2, 3) + new OverlapCounts(10, 20, 30));

    [Fact]
    public void Intervals_draw_patients_and_come_again_with_the_same_seed()
    {
        // Within a patient all slices are alike: drawing slices would make the interval seven times too narrow.
        CaseScore[] scores = [.. Enumerable.Range(0, 400).Select(i => new CaseScore { Patient = $"{i / 50}", Slice = $"{i}", Roi = 1, Name = "A", TruthPixels = 1, FoundPixels = 1, Dice = 0.5 + (i / 50 * 0.05) })];

        Estimate summary = ScoreTable.Mean(scores, s => s.Dice, seed: 1)!.Value;

        Assert.Equal(0.675, summary.Value, 1e-12);
        double standardError = 0.05 * Math.Sqrt(63 / 12.0 / 8);
        Assert.InRange(summary.Low!.Value, 0.675 - (2.3 * standardError), 0.675 - (1.6 * standardError));
        Assert.InRange(summary.High!.Value, 0.675 + (1.6 * standardError), 0.675 + (2.3 * standardError));
        Assert.Equal(summary, ScoreTable.Mean(scores, s => s.Dice, seed: 1));
        Assert.NotEqual(summary, ScoreTable.Mean(scores, s => s.Dice, seed: 2));
        Assert.Null(ScoreTable.Mean(scores[..50], s => s.Dice, seed: 1)!.Value.Low);
    }

    [Fact]
    public void Packed_mask_comes_back()
    {
        byte[] runs = [.. new[] { 1, 127, 128, 129, 16383, 16384, 70000 }.SelectMany((length, i) => Enumerable.Repeat((byte)(i % 3), length))];
        foreach (byte[] mask in new byte[][] { [], [7], [1, 1, 0, 2, 2, 2, 0, 0, 1], runs })
        {
            Assert.Equal(mask, new PackedMask(PackedMask.Of(mask).Bytes.ToArray()).Unpack());
        }

        Assert.InRange(PackedMask.Of(runs).Bytes.Length, 1, 24);
    }

    // MONAI computes in single precision, and has no number where there is no score.
    private static void RequireSame(double theirs, double? ours)
    {
        if (double.IsNaN(theirs))
        {
            Assert.Null(ours);
            return;
        }

        Assert.Equal(theirs, ours!.Value, 1e-6 * Math.Max(1, theirs));
    }

    private static (byte[] Truth, byte[] Found, int Columns) Pair(int number)
    {
        if (File.Exists(Path.Combine(s_folder, $"truth{number}.npy")))
        {
            (byte[] truth, int columns) = Read($"truth{number}.npy");
            return (truth, Read($"found{number}.npy").Mask, columns);
        }

        (byte[] some, int width) = Read("truth11.npy");
        byte[] none = new byte[some.Length];
        return number switch
        {
            12 => (none, some, width),
            13 => (some, none, width),
            _ => (none, none, width),
        };
    }

    private static (double?, double?, double?, double?) Overlaps(byte[] truth, byte[] found)
    {
        OverlapCounts counts = OverlapCounts.Of(truth, found, 1)[0];
        return (counts.Dice, counts.Iou, counts.Precision, counts.Recall);
    }

    private static (byte[] Mask, int Columns) Read(string name)
    {
        LabelImage image = NpyFile.Read(Path.Combine(s_folder, name));
        return (Array.ConvertAll(image.Values, v => (byte)v), image.Columns);
    }
}
