using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Threading;

namespace MedSeg.Tests.Inference;

/// <summary>What a model and the options do to the output of a network.</summary>
public sealed class InferenceRulesTests
{
    private static readonly RoiPostProcessing s_small = new() { MinimumArea = 12 };

    [Fact]
    public void Options_add_to_the_rules_of_the_model_and_Skip_leaves_those_out()
    {
        Assert.Equal([s_small, RoiPostProcessing.None], Rules(new InferenceOptions()));
        Assert.Equal([RoiPostProcessing.None, RoiPostProcessing.None], Rules(new InferenceOptions { SkipPostProcessing = true }));
        Assert.Equal([s_small with { LargestComponent = true }, new RoiPostProcessing { LargestComponent = true }], Rules(new InferenceOptions { KeepLargestComponent = true }));
        Assert.Equal([new RoiPostProcessing { FillHoles = true }, new RoiPostProcessing { FillHoles = true }], Rules(new InferenceOptions { SkipPostProcessing = true, FillHoles = true }));
        Assert.False(new InferenceRules(Model(), new InferenceOptions { SkipPostProcessing = true }).ChangeMasks);
        Assert.True(new InferenceRules(Model(), new InferenceOptions()).ChangeMasks);

        static IReadOnlyList<RoiPostProcessing> Rules(InferenceOptions options) => new InferenceRules(Model(), options).PostProcessing;
    }

    [Fact]
    public void Rules_are_reported_and_KeepLargestComponent_warns_of_ROIs_in_several_parts()
    {
        (string[] decisions, string[] warnings) = Report(Model(), new InferenceOptions { KeepLargestComponent = true });
        Assert.Contains("Outer: at least 12 mm². -SkipPostProcessing leaves it out.", Assert.Single(decisions), StringComparison.Ordinal);
        Assert.Contains("'Inner' is in several parts in 7 of 30 slices.", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("'Outer' is", warnings[0], StringComparison.Ordinal);

        Assert.Empty(Report(Model(), new InferenceOptions()).Warnings);
        Assert.Empty(Report(Model(), new InferenceOptions { SkipPostProcessing = true }).Decisions);

        // Models of earlier versions do not know it.
        SegmentationModel older = Model();
        Assert.Empty(Report(older with { TrainingData = older.TrainingData! with { RoiParts = null } }, new InferenceOptions { KeepLargestComponent = true }).Warnings);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(5)]
    public void Temperature_changes_no_mask_and_gives_the_confidence_of_divided_logits(double temperature)
    {
        const int size = 16;
        const int channels = 4;
        var random = new Random(5);
        float[] probabilities = new float[channels * size * size];
        for (int i = 0; i < size * size; i++)
        {
            double[] powers = [.. Enumerable.Range(0, channels).Select(_ => Math.Exp(8 * random.NextDouble()))];
            for (int channel = 0; channel < channels; channel++)
            {
                probabilities[(channel * size * size) + i] = (float)(powers[channel] / powers.Sum());
            }
        }

        ResizeGeometry geometry = ResizeGeometry.Of(23, 37, size, ResizeMode.Stretch);
        float[][] rows = new float[23][];
        (byte[] plain, float[] before) = Restore(1, (row, values, _, _) => rows[row] = values.ToArray());
        (byte[] mask, float[] after) = Restore(temperature, visit: null);

        Assert.Equal(plain, mask);
        for (int i = 0; i < mask.Length; i++)
        {
            float[] pixel = [.. Enumerable.Range(0, channels).Select(channel => rows[i / 37][(channel * 37) + (i % 37)])];
            double expected = mask[i] == 0 ? before[i] : Math.Pow(pixel[mask[i]], 1 / temperature) / pixel.Sum(p => Math.Pow(p, 1 / temperature));
            Assert.Equal(expected, after[i], 1e-5);
        }

        (byte[], float[]) Restore(double t, ProbabilityRow? visit)
        {
            byte[] found = new byte[23 * 37];
            float[] confidence = new float[found.Length];
            SegmentationModel model = Model();
            model = model with { Description = model.Description with { Calibration = new ConfidenceCalibration { Temperature = t, ErrorBefore = 0, ErrorAfter = 0, DiceSlope = 0, DiceIntercepts = [0, 0] } } };
            ProbabilityResampler.Restore(probabilities, channels, geometry, LabelResampling.Area, found, confidence, visit ?? new InferenceRules(model, new InferenceOptions()).Calibrate);
            return (found, confidence);
        }
    }

    [Fact]
    public void Probabilities_of_a_row_are_those_that_the_mask_is_chosen_by()
    {
        float[] probabilities = [0.9f, 0.1f, 0.4f, 0.6f, 0.1f, 0.9f, 0.6f, 0.4f];
        byte[] mask = new byte[16];
        int seen = 0;

        ProbabilityResampler.Restore(probabilities, 2, ResizeGeometry.Of(4, 4, 2, ResizeMode.Stretch), LabelResampling.Area, mask, new float[16], (row, values, rowMask, confidence) =>
        {
            for (int x = 0; x < 4; x++)
            {
                Assert.Equal(1, values[x] + values[4 + x], 1e-6f);
                Assert.Equal(values[4 + x] > values[x] ? 1 : 0, rowMask[x]);
                Assert.Equal(Math.Max(values[x], values[4 + x]), confidence[x]);
                seen++;
            }
        });

        Assert.Equal(16, seen);
        Assert.Contains((byte)1, mask);
    }

    private static (string[] Decisions, string[] Warnings) Report(SegmentationModel model, InferenceOptions options)
    {
        var decisions = new List<string>();
        var warnings = new List<string>();
        new InferenceRules(model, options).Report(new EngineEvents { Decision = decisions.Add, Warning = warnings.Add });
        return ([.. decisions], [.. warnings]);
    }

    private static SegmentationModel Model() => ScanFolder.Model with
    {
        Description = ScanFolder.Model.Description with { PostProcessing = [s_small, RoiPostProcessing.None] },
        TrainingData = ScanFolder.Model.TrainingData! with { RoiParts = [new RoiPartCount(30, 0), new RoiPartCount(30, 7)] },
    };
}
