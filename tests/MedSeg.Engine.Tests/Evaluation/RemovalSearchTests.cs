using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Metrics;
using MedSeg.Models;

namespace MedSeg.Tests.Evaluation;

/// <summary>Planted evidence for and against removing components.</summary>
public sealed class RemovalSearchTests
{
    private const double Margin = 0.002;
    private const double PixelArea = 0.5;

    [Fact]
    public void Small_islands_give_a_minimum_size_between_them_and_the_true_parts()
    {
        // Islands of at most 4 mm², true parts of at least 100 mm².
        RoiPostProcessing rule = RemovalSearch.Find([.. Enumerable.Range(0, 12).Select(i => Slice($"P{i}", True(200 + i), False(4 + (i % 5)), False(3)))], Margin);

        Assert.False(rule.LargestComponent);
        Assert.InRange(rule.MinimumArea, 4, 100);

        // The middle of what is equally good, so that somewhat larger islands and smaller parts are told apart as well.
        Assert.InRange(rule.MinimumArea, 8, 50);
    }

    [Fact]
    public void Largest_component_is_rejected_where_the_ROI_has_two_parts_and_islands_go_by_their_size()
    {
        RoiPostProcessing rule = RemovalSearch.Find([.. Enumerable.Range(0, 12).Select(i => Slice($"P{i}", True(300), True(200 + i), False(10)))], Margin);

        Assert.Equal((false, true), (rule.LargestComponent, rule.MinimumArea is > 5 and <= 100));
    }

    [Fact]
    public void Nothing_is_kept_where_the_masks_are_right()
    {
        Assert.Equal(RoiPostProcessing.None, RemovalSearch.Find([.. Enumerable.Range(0, 12).Select(i => Slice($"P{i}", True(300), True(20)))], Margin));
        Assert.Equal(RoiPostProcessing.None, RemovalSearch.Find([], Margin));
        Assert.Equal(RoiPostProcessing.None, RemovalSearch.Find([Slice("P1"), Slice("P2"), Slice("P3")], Margin));
    }

    [Fact]
    public void Largest_component_is_kept_where_no_size_separates_the_false_parts()
    {
        // A false part is larger than the true ones of other patients.
        RoiPostProcessing rule = RemovalSearch.Find([.. Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? Slice($"P{i}", True(500), False(400)) : Slice($"P{i}", True(100)))], Margin);

        Assert.Equal(new RoiPostProcessing { LargestComponent = true }, rule);
    }

    [Fact]
    public void Both_rules_are_kept_where_each_adds_to_the_other()
    {
        // Large false parts next to larger true ones, and small false ones where there is nothing.
        RoiPostProcessing rule = RemovalSearch.Find(
            [.. Enumerable.Range(0, 12).Select(i => (i % 3) switch { 0 => Slice($"P{i}", True(500), False(400)), 1 => Slice($"P{i}", True(100)), _ => Slice($"P{i}", False(8)) })], Margin);

        Assert.True(rule.LargestComponent);
        Assert.InRange(rule.MinimumArea, 4, 50);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void What_a_single_patient_shows_is_an_accident(int patients, bool isKept)
    {
        HeldOutRoi[] slices = [.. Enumerable.Range(0, 20).Select(i => i / 4 < patients ? Slice($"P{i / 4}", True(200), False(40)) : Slice($"P{i / 4}", True(200)))];

        Assert.Equal(isKept, !RemovalSearch.Find(slices, Margin).IsNone);
    }

    [Fact]
    public void Gain_below_the_margin_is_not_kept()
    {
        HeldOutRoi[] slices = [.. Enumerable.Range(0, 12).Select(i => Slice($"P{i}", True(1000), False(10)))];

        Assert.False(RemovalSearch.Find(slices, 0.004).IsNone);
        Assert.True(RemovalSearch.Find(slices, 0.006).IsNone);
    }

    [Fact]
    public void Without_pixel_spacing_there_is_no_minimum_size()
    {
        HeldOutRoi[] slices = [.. Enumerable.Range(0, 12).Select(i => Slice($"P{i}", True(200), False(10)))];
        slices[3] = slices[3] with { PixelArea = null };

        RoiPostProcessing rule = RemovalSearch.Find(slices, Margin);

        Assert.Equal(new RoiPostProcessing { LargestComponent = true }, rule);
    }

    [Fact]
    public void Found_rule_never_scores_below_the_masks_as_they_are()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            HeldOutRoi[] slices = [.. Enumerable.Range(0, random.Next(1, 15)).Select(i => Slice($"P{random.Next(5)}", [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(2) == 0 ? True(random.Next(1, 400)) : False(random.Next(1, 400)))]))];

            RoiPostProcessing rule = RemovalSearch.Find(slices, Margin);

            double? before = slices.Average(s => s.Dice(RoiPostProcessing.None));
            double? after = slices.Average(s => s.Dice(rule));
            Assert.True(rule.IsNone || after >= before + Margin, $"seed {seed}: {before} → {after}, {rule}");
        }
    }

    [Fact]
    public void Scores_of_components_are_those_of_cleaned_masks()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            byte[] truth = Mask(random);
            byte[] found = Mask(random);
            var rule = new RoiPostProcessing { LargestComponent = random.Next(2) == 0, MinimumArea = random.Next(4) };
            var components = new MaskComponents(found, 16);
            long[] both = new long[components.List.Count];
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] != 0 && found[i] == truth[i])
                {
                    both[components.At(i)]++;
                }
            }

            byte[] cleaned = [.. found];
            MaskPostprocessing.Clean(cleaned, 16, [rule, rule], PixelArea);

            for (byte roi = 1; roi <= 2; roi++)
            {
                HeldOutRoi slice = new("P", PixelArea, truth.Count(v => v == roi), [.. components.List.Index().Where(c => c.Item.Roi == roi).Select(c => new ComponentOverlap(c.Item.Pixels, c.Item.Pixels, both[c.Index], components.IsLargest(c.Index)))]);
                Assert.Equal(OverlapCounts.Of(truth, cleaned, 2)[roi - 1].Dice, slice.Dice(rule));
            }
        }
    }

    private static byte[] Mask(Random random) => [.. Enumerable.Range(0, 16 * 12).Select(_ => (byte)Math.Max(0, random.Next(5) - 2))];

    private static (long Pixels, bool IsTrue) True(long pixels) => (pixels, true);

    private static (long Pixels, bool IsTrue) False(long pixels) => (pixels, false);

    private static HeldOutRoi Slice(string patient, params (long Pixels, bool IsTrue)[] parts)
    {
        long largest = parts.Select(p => p.Pixels).Append(0).Max();
        int first = Array.FindIndex(parts, p => p.Pixels == largest);
        return new HeldOutRoi(patient, PixelArea, parts.Where(p => p.IsTrue).Sum(p => p.Pixels), [.. parts.Select((p, i) => new ComponentOverlap(p.Pixels, p.Pixels, p.IsTrue ? p.Pixels : 0, i == first))]);
    }
}
