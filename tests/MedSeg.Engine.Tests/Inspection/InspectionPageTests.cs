using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Reports;
using SkiaSharp;

namespace MedSeg.Tests.Inspection;

public sealed partial class InspectionPageTests(PlantedErrorTests.Sets sets) : IClassFixture<PlantedErrorTests.Sets>
{
    [Fact]
    public void Each_flagged_sample_has_a_card_with_its_picture_and_findings()
    {
        (Dataset dataset, HashSet<string> planted) = sets.All[0].Plant(0.05, seed: 1, Mistakes.All["left and right exchanged"]);
        dataset = dataset with { LabelNames = ["L <psoas>", "R psoas", "L multifidus", "R multifidus"] };

        string page = Write(dataset);

        string[] cards = [.. CardPattern().Matches(page).Select(m => m.Value)];
        Assert.Equal(planted.Order(), cards.Select(c => TitlePattern().Match(c).Groups[1].Value).Order());
        Assert.All(cards, card =>
        {
            Assert.Contains("LabelsExchanged", card, StringComparison.Ordinal);
            Assert.Contains("&#39;L &lt;psoas&gt;&#39; (1) has the position and appearance of", card, StringComparison.Ordinal);
            Assert.Contains("Check the mask, and whether the image is mirrored.", card, StringComparison.Ordinal);
            using SKBitmap picture = SKBitmap.Decode(Convert.FromBase64String(PicturePattern().Match(card).Groups[1].Value));
            Assert.True(picture.Width >= 176 && picture.Width == picture.Height);
        });
        Assert.Contains($"data-code=\"LabelsExchanged\" aria-pressed=\"false\">LabelsExchanged {planted.Count}<", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_needs_no_other_file_and_says_when_nothing_was_found()
    {
        string page = Write(sets.All[0].Clean);

        Assert.DoesNotMatch(@"https?://|<link|<script src", page);
        Assert.Contains("No problems found in any sample.", page, StringComparison.Ordinal);
        Assert.Contains(".figures", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_that_cannot_be_used_is_shown_without_a_picture()
    {
        Dataset clean = sets.All[0].Clean;
        Sample bad = clean.Samples[0] with { Pixels = null, RoiPixels = [], RoiParts = [], Problems = [new LabelProblem("LabelFormat", LabelSeverity.Error, $"{clean.Samples[0].LabelPath}: no <picture>.", 0)] };

        string card = CardPattern().Match(Write(clean with { Samples = [bad, .. clean.Samples.Skip(1)] })).Value;

        Assert.DoesNotContain("<img", card, StringComparison.Ordinal);
        Assert.Contains("<span class=\"code Error\">LabelFormat</span> no &lt;picture&gt;.", card, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(bad.LabelPath!), card, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(bad.LabelPath!)!, card, StringComparison.Ordinal);
    }

    private static string Write(Dataset dataset)
    {
        using var stream = new MemoryStream();
        InspectionPage.Write(stream, dataset, DatasetInspector.Inspect(dataset, cancellationToken: TestContext.Current.CancellationToken));
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex("<article.*?</article>", RegexOptions.Singleline)]
    private static partial Regex CardPattern();

    [GeneratedRegex("<h3>(.*?)</h3>")]
    private static partial Regex TitlePattern();

    [GeneratedRegex("data:image/jpeg;base64,([^\"]+)")]
    private static partial Regex PicturePattern();
}
