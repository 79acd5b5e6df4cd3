using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Network.Losses;
using MedSeg.Reports;
using MedSeg.Training;

namespace MedSeg.Tests.Reports;

public class HistoryPlotTests
{
    private const double LossPanelRight = 0.42;
    private const double LegendLeft = 0.82;

    private static readonly RgbColor s_training = new(0x8A, 0x8A, 0x8A);
    private static readonly RgbColor s_validation = new(0, 0, 0);

    [Fact]
    public void The_picture_has_the_size_that_was_asked_for()
    {
        Picture usual = Draw(Histories.Rising(60, 5, Histories.Muscles));
        Picture small = Draw(Histories.Rising(60, 5, Histories.Muscles), new HistoryPlotOptions { Width = 800, Height = 1000, Title = "Lumbar spine" });

        Assert.Equal((1600, 700), (usual.Width, usual.Height));
        Assert.Equal((800, 1000), (small.Width, small.Height));
    }

    [Fact]
    public void The_loss_is_drawn_in_its_panel()
    {
        Picture picture = Draw(Histories.Rising(60, 5, Histories.Muscles));

        Assert.True(picture.CountIn(0, 0.1, LossPanelRight, 0.85, pixel => Picture.Same(pixel, s_training)) > 500);
    }

    [Fact]
    public void The_means_are_drawn_among_the_Dice_scores()
    {
        Picture picture = Draw(Histories.Rising(60, 5, Histories.Muscles));

        // To the right of the axis, whose lines and ticks are dark as well.
        Assert.True(picture.CountIn(0.49, 0.1, 0.75, 0.85, pixel => Picture.Same(pixel, s_training)) > 500);
        Assert.True(picture.CountIn(0.49, 0.1, 0.75, 0.85, pixel => Picture.Same(pixel, s_validation)) > 500);
    }

    [Fact]
    public void Without_validation_only_the_training_mean_is_drawn()
    {
        Picture picture = Draw(Histories.Rising(60, 61, Histories.Muscles));

        Assert.True(picture.CountIn(0.49, 0.1, 0.75, 0.85, pixel => Picture.Same(pixel, s_training)) > 500);
        Assert.Equal(0, picture.CountIn(0.49, 0.1, 0.75, 0.85, pixel => Picture.Same(pixel, s_validation)));
        Assert.Equal(0, picture.Count(RoiPalette.ColorOf(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void Each_ROI_has_its_line_and_its_place_in_the_legend(int rois)
    {
        Picture picture = Draw(Histories.Rising(60, 5, [.. Enumerable.Range(1, rois).Select(i => $"ROI {i}")]));

        for (int roi = 1; roi <= rois; roi++)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            Assert.True(picture.CountIn(LossPanelRight, 0.05, LegendLeft, 0.9, pixel => Picture.Same(pixel, color)) > 30, $"line of ROI {roi}");
            Assert.True(picture.CountIn(LegendLeft, 0, 1, 1, pixel => Picture.Same(pixel, color)) > 10, $"legend of ROI {roi}");
        }
    }

    [Theory]
    [InlineData(HistoryPlot.MostNamedRois, HistoryPlot.MostNamedRois + 2)]
    [InlineData(HistoryPlot.MostNamedRois + 1, 3)]
    public void Many_ROIs_share_one_place_in_the_legend(int rois, int entries)
    {
        EpochRecord[] records = [.. Histories.Rising(60, 5, [.. Enumerable.Range(1, rois).Select(i => $"ROI {i}")])];

        using ScottPlot.Plot dice = HistoryPlot.DicePanel(records, HistoryPlotStyle.For("DejaVu Sans", new HistoryPlotOptions()));

        Assert.Equal(entries, dice.Legend.ManualItems.Count);
        Assert.Equal(rois + 2, dice.GetPlottables().Count());
    }

    [Fact]
    public void A_single_epoch_is_drawn_as_points()
    {
        Picture picture = Draw([Histories.Record(20, 20, true, "Left psoas", "Right psoas")]);

        Assert.True(picture.CountIn(0.1, 0.1, LossPanelRight, 0.85, pixel => Picture.Same(pixel, s_training)) > 20);
        Assert.True(picture.CountIn(LossPanelRight, 0.1, LegendLeft, 0.85, pixel => Picture.Same(pixel, RoiPalette.ColorOf(1))) > 10);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_is_left_out_and_bridged()
    {
        IReadOnlyList<EpochRecord> records = Histories.Rising(10, 1, "Left psoas");
        Picture without = Draw([.. records.Where(record => record.Epoch != 3)]);

        Picture with = Draw([.. records.Select(record => record.Epoch == 3 ? record with { Loss = double.NaN } : record)]);

        Assert.Equal(LossPixels(without), LossPixels(with));

        static int LossPixels(Picture picture) => picture.CountIn(0.05, 0.1, LossPanelRight, 0.85, pixel => Picture.Same(pixel, s_training));
    }

    [Fact]
    public void Panels_and_axes_say_what_they_show()
    {
        EpochRecord[] records = [Histories.Record(1, 1, true, "Left psoas")];
        HistoryPlotStyle style = HistoryPlotStyle.For("DejaVu Sans", new HistoryPlotOptions());
        using ScottPlot.Plot loss = HistoryPlot.LossPanel(records, style);
        using ScottPlot.Plot dice = HistoryPlot.DicePanel(records, style);

        Assert.Equal(("Training loss", "Epoch", "Dice loss (0 to 2)"), (loss.Axes.Title.Label.Text, loss.Axes.Bottom.Label.Text, loss.Axes.Left.Label.Text));
        Assert.Equal(("Dice score", "Epoch", "Dice score"), (dice.Axes.Title.Label.Text, dice.Axes.Bottom.Label.Text, dice.Axes.Left.Label.Text));
        Assert.Equal((0, 1), (dice.Axes.GetLimits().Bottom, dice.Axes.GetLimits().Top));
        Assert.Equal((0, 2), (loss.Axes.GetLimits().Bottom, loss.Axes.GetLimits().Top));
    }

    [Theory]
    [InlineData(LossFunction.DiceCrossEntropy, "Dice loss + cross-entropy")]
    [InlineData(LossFunction.BatchDice, "Batch Dice loss (0 to 2)")]
    [InlineData(LossFunction.BatchDiceCrossEntropy, "Batch Dice loss + cross-entropy")]
    [InlineData(null, "Loss")]
    public void Axis_of_the_loss_names_the_one_that_was_trained(LossFunction? trained, string expected)
    {
        EpochRecord[] records = [Histories.Record(1, 1, true, "Left psoas") with { Loss = 5, LossFunction = trained }];
        using ScottPlot.Plot loss = HistoryPlot.LossPanel(records, HistoryPlotStyle.For("DejaVu Sans", new HistoryPlotOptions()));

        Assert.Equal(expected, loss.Axes.Left.Label.Text);
    }

    [Fact]
    public void Axes_titles_and_legend_are_written()
    {
        Picture picture = Draw(Histories.Rising(60, 5, Histories.Muscles));

        AssertWritten(picture, 0, 0.3, 0.025, 0.7, "the loss axis");
        AssertWritten(picture, 0.2, 0.93, 0.28, 0.99, "the epoch axis of the loss");
        AssertWritten(picture, 0.15, 0, 0.32, 0.06, "the title of the loss");
        AssertWritten(picture, 0.42, 0.3, 0.445, 0.7, "the Dice axis");
        AssertWritten(picture, 0.55, 0.93, 0.75, 0.99, "the epoch axis of the scores");
        AssertWritten(picture, 0.55, 0, 0.75, 0.06, "the title of the scores");
        AssertWritten(picture, 0.87, 0.3, 1, 0.7, "the legend");
    }

    [Fact]
    public void A_history_without_epochs_is_refused()
    {
        MedSegException error = Assert.Throws<MedSegException>(() => HistoryPlot.Write(Stream.Null, []));

        Assert.Equal("EmptyHistory", error.ErrorId);
    }

    [Theory]
    [InlineData(299, 700)]
    [InlineData(1600, 16385)]
    public void A_size_that_cannot_be_read_or_made_is_refused(int width, int height)
    {
        var options = new HistoryPlotOptions { Width = width, Height = height };

        MedSegException error = Assert.Throws<MedSegException>(() => HistoryPlot.Write(Stream.Null, Histories.Rising(2, 1), options));

        Assert.Equal("PlotSizeOutOfRange", error.ErrorId);
    }

    private static void AssertWritten(Picture picture, double left, double top, double right, double bottom, string what)
    {
        int dark = picture.CountIn(left, top, right, bottom, Picture.IsDark);
        Assert.True(dark > 60, $"{what}: {dark} dark pixels");
    }

    private static Picture Draw(IReadOnlyList<EpochRecord> records, HistoryPlotOptions? options = null) =>
        new(stream => HistoryPlot.Write(stream, records, options));
}
