using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using MedSeg.Errors;
using MedSeg.Network.Losses;
using MedSeg.Reports;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;

namespace MedSeg.Tests.Reports;

/// <summary>The figure of a sweep: an axis for each option, and a line for each run.</summary>
public sealed class SweepFigureTests
{
    [Fact]
    public void PNG_has_its_size_in_mm_at_its_resolution()
    {
        using var stream = new MemoryStream();
        SweepFigure.Write(stream, [Run(0.9, ("LearningRate", 0.001))], new FigureOptions { Width = 101.6, Dpi = 200 });

        Assert.Equal(800, BinaryPrimitives.ReadInt32BigEndian(stream.ToArray().AsSpan(16)));
        Assert.Equal(400, BinaryPrimitives.ReadInt32BigEndian(stream.ToArray().AsSpan(20)));
    }

    [Fact]
    public void Each_option_and_the_Dice_have_an_axis_and_the_best_run_is_named()
    {
        string[] texts = TextsOf(Svg(
            Run(0.81, ("LearningRate", 0.001), ("Loss", LossFunction.Dice)),
            Run(0.92, ("LearningRate", 0.01), ("Loss", LossFunction.BatchDice)),
            Run(0.70, ("LearningRate", 0.1), ("Loss", LossFunction.Dice)) with { State = RunState.Dropped },
            Run(null, ("LearningRate", 1.0), ("Loss", LossFunction.Dice)) with { State = RunState.Failed }));

        Assert.Superset(
            new HashSet<string>(["LearningRate", "Loss", "Validation Dice", "0.001", "0.01", "0.1", "Dice", "BatchDice", "best: LearningRate-0.01_Loss-BatchDice, Dice 0.9200", "3 runs; dashed: 1 dropped, Dice of fewer epochs; 1 failed, not shown"]),
            new HashSet<string>(texts));
    }

    [Theory]
    [InlineData(0.001, 0.01)]
    [InlineData(0.0001, 0.01)]
    [InlineData(1.0, 2.0)]
    public void No_text_begins_outside_the_figure(double first, double second)
    {
        XElement[] texts = [.. Svg(Run(0.81, ("LearningRate", first), ("Loss", LossFunction.Dice)), Run(0.92, ("LearningRate", second), ("Loss", LossFunction.BatchDice))).Descendants().Where(e => e.Name.LocalName == "text")];

        Assert.All(texts, text => Assert.True(double.Parse(text.Attribute("x")!.Value.Split(',')[0], CultureInfo.InvariantCulture) >= 0, text.ToString()));
        Assert.Contains(texts, text => text.Value.Trim() == "LearningRate");
    }

    [Fact]
    public void Values_are_at_their_place_on_linear_logarithmic_and_named_axes()
    {
        var logarithmic = SweepAxis.Of("LearningRate", [0.0001, 0.001, 0.01]);
        var linear = SweepAxis.Of("Epochs", [10, 30, 20]);
        var named = SweepAxis.Of("Loss", ["b", "a"]);

        Assert.Equal([0f, 0.5f, 1f], ((double[])[0.0001, 0.001, 0.01]).Select(value => MathF.Round(logarithmic.At(value)!.Value, 4)));
        Assert.Equal([0f, 0.5f, 1f], ((int[])[10, 20, 30]).Select(value => linear.At(value)!.Value));
        Assert.Equal([0.25f, 0.75f], ((string[])["a", "b"]).Select(value => named.At(value)!.Value));
        Assert.Null(named.At(null));
        Assert.Equal(["0.001", "0.01", "0.1"], SweepAxis.Of("LearningRate", [.. Enumerable.Range(0, 20).Select(i => (object)(0.0005 * Math.Pow(1.4, i)))]).Ticks.Select(tick => tick.Text).Intersect(["0.001", "0.01", "0.1"]));
    }

    [Fact]
    public void Best_run_is_drawn_last_and_dropped_runs_are_dashed()
    {
        // The best of the runs that finished, whatever a dropped run had. Skia writes the dashes as a path of their own outlines.
        XElement[] drawn = [.. Svg(Run(0.95, ("Seed", 1)) with { State = RunState.Dropped }, Run(0.9, ("Seed", 2)), Run(0.5, ("Seed", 3))).Descendants()];

        Assert.Single(drawn, element => element.Name.LocalName == "path" && element.Attribute("d")!.Value.Count(c => c == 'M') > 5);
        Assert.Equal(2, drawn.Count(element => element.Attribute("stroke")?.Value.ToUpperInvariant() == "#D55E00"));
        Assert.Equal("best: Seed-2, Dice 0.9000", TextsOf(Svg(Run(0.95, ("Seed", 1)) with { State = RunState.Dropped }, Run(0.9, ("Seed", 2)))).Single(text => text.StartsWith("best", StringComparison.Ordinal)));
    }

    [Fact]
    public void Sweep_without_a_score_gives_nothing_to_draw()
    {
        Assert.Equal(ErrorIds.EmptyPlot, Assert.Throws<MedSegException>(() => SweepFigure.Write(Stream.Null, [Run(null, ("Seed", 1))])).ErrorId);
        Assert.Equal(ErrorIds.OptionOutOfRange, Assert.Throws<MedSegException>(() => SweepFigure.Write(Stream.Null, [Run(0.5, ("Seed", 1))], new FigureOptions { Width = 5 })).ErrorId);
    }

    private static SweepRun Run(double? dice, params (string Name, object Value)[] options) => new()
    {
        Name = string.Join('_', options.Select(option => FormattableString.Invariant($"{option.Name}-{option.Value}"))),
        Options = options.ToDictionary(option => option.Name, option => option.Value),
        State = RunState.Finished,
        ValidationDice = dice,
        Epoch = 10,
        Epochs = 10,
        OutputPath = "sweep",
    };

    private static XDocument Svg(params SweepRun[] runs)
    {
        using var stream = new MemoryStream();
        SweepFigure.Write(stream, runs, options: null, isSvg: true);
        return XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static string[] TextsOf(XDocument svg) => [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim())];
}
