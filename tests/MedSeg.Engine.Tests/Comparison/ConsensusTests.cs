using System.Text.Json;
using MedSeg.Comparison;
using MedSeg.Data.Files;
using MedSeg.Errors;

namespace MedSeg.Tests.Comparison;

/// <summary>Consensus masks by majority and STAPLE.</summary>
public sealed class ConsensusTests : IDisposable
{
    private readonly RaterFolders _folders = new();

    private string Output => Path.Combine(_folders.Root, "consensus");

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void Majority_wins_and_ties_are_background()
    {
        _folders.Write("a", "S01.png", 1, 6, [1, 1, 1, 2, 1, 0]);
        _folders.Write("b", "S01.npy", 1, 6, [1, 1, 2, 2, 1, 0]);
        _folders.Write("c", "S01.png", 1, 6, [1, 0, 0, 1, 2, 0]);

        ConsensusResult found = Combine(_folders.Options("a", "b", "c"), ConsensusMethod.Majority, Output, replace: false);

        ConsensusMask mask = Assert.Single(found.Masks);
        Assert.Equal([1, 1, 0, 2, 1, 0], LabelReader.Read(mask.MaskPath!).Values);
        Assert.Equal((Path.Combine(Output, "S01.png"), 3, 4L, 1L), (mask.MaskPath, mask.Raters, mask.DisputedPixels, mask.TiedPixels));

        // Of the three pixels of ROI 1 in the consensus, c marked one; of the three others, one wrongly.
        RaterScore third = found.Raters.Single(r => r is { Rater: "c", Roi: 1 });
        Assert.Equal((1.0 / 3, 2.0 / 3), (third.Sensitivity!.Value, third.Specificity!.Value));
        Assert.Equal(1, found.Raters.Single(r => r is { Rater: "b", Roi: 1 }).Dice);
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 2 }, 0, true)]
    [InlineData(new byte[] { 1, 1, 2, 2 }, 0, true)]
    [InlineData(new byte[] { 1, 1, 2, 2, 2 }, 2, false)]
    [InlineData(new byte[] { 0, 0, 1, 2 }, 0, false)]
    [InlineData(new byte[] { 255, 2, 255 }, 2, false)]
    [InlineData(new byte[] { 0, 0, 1, 1, 2, 2, 2 }, 2, false)]
    public void Votes_are_counted(byte[] votes, byte expected, bool isTied)
    {
        byte decided = MajorityVote.Decide(votes, out bool tied);

        Assert.Equal((expected, isTied), (decided, tied));
    }

    [Fact]
    public void Staple_has_the_truth_and_reliability_of_an_independent_program()
    {
        // Made by Data/make_staple.py, pixel by pixel with numpy.
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Comparison", "Data", "staple.json")));
        JsonElement root = document.RootElement;
        byte[][] raters = [.. root.GetProperty("Raters").Deserialize<int[][]>()!.Select(mask => Array.ConvertAll(mask, v => (byte)v))];
        double[][] sensitivity = root.GetProperty("Sensitivity").Deserialize<double[][]>()!;
        double[][] specificity = root.GetProperty("Specificity").Deserialize<double[][]>()!;
        for (int rater = 0; rater < raters.Length; rater++)
        {
            _folders.Write($"r{rater}", "S01.png", 48, 64, raters[rater]);
        }

        ConsensusResult found = Combine(_folders.Options([.. raters.Select((_, i) => $"r{i}")]), ConsensusMethod.Staple, Output, replace: false);

        Assert.Equal(root.GetProperty("Consensus").Deserialize<float[]>(), LabelReader.Read(found.Masks[0].MaskPath!).Values);
        foreach (RaterScore score in found.Raters)
        {
            Assert.Equal(sensitivity[score.Rater[1] - '0'][score.Roi], score.Sensitivity!.Value, 1e-6);
            Assert.Equal(specificity[score.Rater[1] - '0'][score.Roi], score.Specificity!.Value, 1e-6);
        }
    }

    [Fact]
    public void Staple_trusts_the_reliable_raters_where_most_are_wrong()
    {
        // Two careful raters agree on everything; three careless ones mark half of the pixels at random, and sometimes all of them are wrong.
        var random = new Random(3);
        byte[] truth = [.. Enumerable.Range(0, 3600).Select(i => (byte)(i / 60 is > 15 and < 40 && i % 60 is > 20 and < 45 ? 1 : 0))];
        for (int rater = 0; rater < 5; rater++)
        {
            _folders.Write($"r{rater}", "S01.png", 60, 60, rater < 2 ? truth : Array.ConvertAll(truth, v => random.NextDouble() < 0.35 ? (byte)(1 - v) : v));
        }

        MaskComparisonOptions options = _folders.Options("r0", "r1", "r2", "r3", "r4");
        float[] staple = LabelReader.Read(Combine(options, ConsensusMethod.Staple, Output, replace: false).Masks[0].MaskPath!).Values;
        float[] majority = LabelReader.Read(Combine(options, ConsensusMethod.Majority, Output, replace: true).Masks[0].MaskPath!).Values;

        Assert.Equal(Array.ConvertAll(truth, v => (float)v), staple);
        Assert.NotEqual(Array.ConvertAll(truth, v => (float)v), majority);
    }

    [Fact]
    public void Existing_masks_are_replaced_only_on_request()
    {
        _folders.Write("a", "S01.png", 1, 2, [1, 0]);
        _folders.Write("b", "S01.png", 1, 2, [1, 0]);
        Combine(_folders.Options("a", "b"), ConsensusMethod.Majority, Output, replace: false);

        var error = Assert.Throws<MedSegException>(() => Combine(_folders.Options("a", "b"), ConsensusMethod.Majority, Output, replace: false));

        Assert.Equal(ErrorIds.FileExists, error.ErrorId);
        Assert.Single(Combine(_folders.Options("a", "b"), ConsensusMethod.Majority, Output, replace: true).Masks);
    }

    [Fact]
    public void Slices_of_one_rater_have_no_consensus()
    {
        _folders.Write("a", "S01.png", 1, 2, [1, 0]);
        _folders.Write("b", "S01.png", 1, 2, [1, 0]);
        _folders.Write("a", "S02.png", 1, 2, [1, 0]);

        ConsensusResult found = Combine(_folders.Options("a", "b"), ConsensusMethod.Majority, Output, replace: false);

        Assert.Equal("S01", Assert.Single(found.Masks).Name);
        Assert.Equal(ErrorIds.MaskMissing, Assert.Single(found.Problems).Code);
    }

    private static ConsensusResult Combine(MaskComparisonOptions options, ConsensusMethod method, string output, bool replace) =>
        ConsensusMasks.Write(options, method, output, replace, cancellationToken: TestContext.Current.CancellationToken);
}
