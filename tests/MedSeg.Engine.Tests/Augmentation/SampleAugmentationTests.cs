using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Augmentation;
using MedSeg.Tensors;
using MedSeg.Training;

namespace MedSeg.Tests.Augmentation;

public sealed class SampleAugmentationTests
{
    private const int Size = 48;

    private static readonly TrainingOptions s_all = new()
    {
        AugmentationProbability = 1,
        IntensityProbability = 1,
        RotationDegrees = 20,
        GammaRange = 0.5,
        ContrastRange = 0.4,
        NoiseDeviation = 0.2,
        BlurSigma = 1.5,
        LowResolutionFactor = 2,
        ElasticShift = 0.08,
    };

    private static readonly TrainingOptions s_none = new() { AugmentationProbability = 0 };

    [Property(MaxTest = 60)]
    public Property Labels_stay_in_the_declared_set_and_intensities_finite(int seed) => Prop.ToProperty(Holds(seed));

    private static bool Holds(int seed)
    {
        (float[] image, byte[] roi) = Blobs();
        (float[] imageOut, byte[] roiOut) = Apply(image, roi, s_all, seed);
        return roiOut.All(v => v is 0 or 3 or 7) && imageOut.All(float.IsFinite);
    }

    [Property(MaxTest = 200)]
    public Property Image_and_mask_move_together(int seed, NonNegativeInt kind) => Prop.ToProperty(MoveTogether(seed, kind.Get));

    // An image that is its own mask: wherever the one goes, the other must be. Kinds are each transform alone, and all of them.
    private static bool MoveTogether(int seed, int kind)
    {
        TrainingOptions still = new() { AugmentationProbability = 1, IntensityProbability = 1, RotationDegrees = 0, WarpMinimum = 1, CropMinimum = 1, CropMaximum = 1 };
        TrainingOptions options = (kind % 5) switch
        {
            0 => still with { RotationDegrees = 180 },
            1 => still with { WarpMinimum = 0.3 },
            2 => still with { CropMinimum = 0.3 },
            3 => still with { ElasticShift = 0.1 },
            _ => s_all with { GammaRange = 0, ContrastRange = 0, NoiseDeviation = 0, BlurSigma = 0, LowResolutionFactor = 1 },
        };
        (_, byte[] roi) = Blobs();
        float[] image = [.. roi.Select(v => v == 3 ? 1f : 0f)];

        (float[] moved, byte[] movedRoi) = Apply(image, roi, options, seed);

        // Between the two the image has a value in between: nearest neighbour may say either there.
        return Enumerable.Range(0, Size * Size).All(i => moved[i] is > 0.001f and < 0.999f || moved[i] >= 0.999f == (movedRoi[i] == 3))
            && movedRoi.All(v => v is 0 or 3 or 7) && !moved.SequenceEqual(image);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void Every_pixel_is_what_its_place_in_the_source_says(double elastic)
    {
        (float[] image, byte[] roi) = Blobs();
        var options = new TrainingOptions { AugmentationProbability = 1, RotationDegrees = 40, WarpMinimum = 0.4, CropMinimum = 0.4 };
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new SampleRandom(seed, 1, 1);
            AffineMap map = seed == 0 ? AffineMap.Rotation(Math.PI / 2, Size) : AffineMap.Draw(options, Size, ref random);
            ElasticField? field = elastic > 0 ? ElasticField.OfStrength(elastic * Size, ref random) : null;
            float[] moved = new float[image.Length];
            byte[] movedRoi = new byte[image.Length];

            SampleAugmentation.Move(image, roi, Size, map, field, moved, movedRoi);

            for (int i = 0; i < moved.Length; i++)
            {
                (double x, double y) = ((i % Size) + 0.5, (i / Size) + 0.5);
                (double shiftX, double shiftY) = field?.At(x / Size, y / Size) ?? (0, 0);
                (double sourceX, double sourceY) = map.Source(x + shiftX, y + shiftY);
                Assert.Equal(Interpolate(image, sourceX - 0.5, sourceY - 0.5), moved[i], 1e-5);

                // On the line between two pixels, rounding decides.
                if (Math.Abs(sourceX - Math.Round(sourceX)) > 1e-9 && Math.Abs(sourceY - Math.Round(sourceY)) > 1e-9)
                {
                    Assert.Equal(At(roi, (int)Math.Floor(sourceX), (int)Math.Floor(sourceY)), movedRoi[i]);
                }
            }
        }
    }

    private static double Interpolate(float[] image, double x, double y)
    {
        (int left, int top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        (double fx, double fy) = (x - left, y - top);
        return ((1 - fx) * (1 - fy) * At(image, left, top)) + (fx * (1 - fy) * At(image, left + 1, top))
            + ((1 - fx) * fy * At(image, left, top + 1)) + (fx * fy * At(image, left + 1, top + 1));
    }

    private static T At<T>(T[] values, int x, int y)
        where T : struct => x is >= 0 and < Size && y is >= 0 and < Size ? values[(y * Size) + x] : default;

    [Fact]
    public void Nothing_changes_without_transforms()
    {
        (float[] image, byte[] roi) = Blobs();

        (float[] same, byte[] sameRoi) = Apply(image, roi, s_none, seed: 5);

        Assert.Equal(image, same);
        Assert.Equal(roi, sameRoi);
    }

    [Fact]
    public void Published_transforms_draw_what_they_drew_before_others_were_there()
    {
        (float[] image, byte[] roi) = Blobs();

        Assert.Equal(Apply(image, roi, new TrainingOptions(), 7).Roi, Apply(image, roi, new TrainingOptions { GammaRange = 0.3, IntensityProbability = 1 }, 7).Roi);
    }

    [Fact]
    public void Elastic_shifts_are_smooth_and_fold_nowhere()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new SampleRandom(seed, 1, 1);
            ElasticField field = ElasticField.Draw(0.1, ref random);
            const double step = 0.01;
            for (double x = 0; x < 0.99; x += step)
            {
                for (double y = 0; y < 0.99; y += 0.1)
                {
                    (double here, _) = field.At(x, y);
                    (double next, _) = field.At(x + step, y);
                    Assert.InRange(here, -0.1, 0.1);

                    // Neighbours stay in their order.
                    Assert.True(step + next - here > 0, $"Folds at {x}, {y} with seed {seed}.");
                }
            }
        }
    }

    [Fact]
    public void Blur_keeps_the_mean_and_noise_has_the_asked_for_deviation()
    {
        (float[] image, _) = Blobs();
        float[] flat = [.. Enumerable.Repeat(0.5f, Size * Size)];
        IntensityAugmentation.Blur(flat, Size, 1.3);
        Assert.All(flat, v => Assert.Equal(0.5, v, 1e-5));
        float[] dot = new float[Size * Size];
        dot[(24 * Size) + 24] = 1;
        IntensityAugmentation.Blur(dot, Size, 1);
        Assert.Equal(1, dot.Sum(), 1e-4);
        Assert.Equal(1 / (2 * Math.PI), dot[(24 * Size) + 24], 5e-3);

        float[] noisy = [.. image];
        var random = new SampleRandom(1, 1, 1);
        IntensityAugmentation.AddNoise(noisy, 0.2, ref random);
        double[] noise = [.. noisy.Select((v, i) => (double)v - image[i])];
        double deviation = Math.Sqrt(image.Select(v => Math.Pow(v - image.Average(), 2)).Average());
        Assert.Equal(0.2 * deviation, Math.Sqrt(noise.Select(v => v * v).Average()), 0.02 * deviation);
        Assert.Equal(0, noise.Average(), 0.02 * deviation);
    }

    [Fact]
    public void Contrast_and_gamma_keep_the_range()
    {
        (float[] image, _) = Blobs();
        (float low, float high) = (image.Min(), image.Max());
        float[] brighter = [.. image];
        IntensityAugmentation.ChangeGamma(brighter, 0.5);
        Assert.Equal((low, high), (brighter.Min(), brighter.Max()));
        Assert.True(brighter.Average() > image.Average());
        float[] flatter = [.. image];
        IntensityAugmentation.ChangeContrast(flatter, 0.5);
        Assert.Equal(image.Average(), flatter.Average(), 1e-3);
        Assert.Equal((high - low) / 2, flatter.Max() - flatter.Min(), 1e-5);
        float[] steeper = [.. image];
        IntensityAugmentation.ChangeContrast(steeper, 3);
        Assert.InRange(steeper.Min(), low, high);
        Assert.InRange(steeper.Max(), low, high);
    }

    [Fact]
    public void Coarse_slice_is_constant_within_its_cells()
    {
        float[] image = [.. Enumerable.Range(0, Size * Size).Select(i => (float)i)];

        IntensityAugmentation.Coarsen(image, Size, 2);

        Assert.Equal((Size / 2) * (Size / 2), image.Distinct().Count());
        Assert.Equal(image[0], image[Size + 1]);
        Assert.Equal((0 + 1 + Size + Size + 1) / 4f, image[0]);
    }

    private static (float[] Image, byte[] Roi) Blobs()
    {
        float[] image = new float[Size * Size];
        byte[] roi = new byte[Size * Size];
        for (int i = 0; i < image.Length; i++)
        {
            (int y, int x) = (i / Size, i % Size);
            roi[i] = Math.Abs(x - 18) + Math.Abs(y - 20) < 9 ? (byte)3 : Math.Abs(x - 32) < 5 && Math.Abs(y - 30) < 6 ? (byte)7 : (byte)0;
            image[i] = 0.2f + (roi[i] * 0.1f) + (0.05f * MathF.Sin(x * 0.7f));
        }

        return (image, roi);
    }

    private static (float[] Image, byte[] Roi) Apply(float[] image, byte[] roi, TrainingOptions options, int seed)
    {
        float[] imageOut = new float[image.Length];
        byte[] roiOut = new byte[roi.Length];
        SampleAugmentation.Apply(image, roi, Size, options, new SampleRandom(seed, 1, 2), imageOut, roiOut);
        return (imageOut, roiOut);
    }
}
