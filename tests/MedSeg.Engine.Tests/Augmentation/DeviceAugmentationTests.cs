using MedSeg.Augmentation;
using MedSeg.Tensors;
using MedSeg.Training;
using TorchSharp;

namespace MedSeg.Tests.Augmentation;

/// <summary>Compares the transforms of a whole batch as on a GPU, here on the CPU, with those of single samples.</summary>
public sealed class DeviceAugmentationTests : IDisposable
{
    private const int Batches = 12;

    private static readonly TrainingOptions s_still = new() { AugmentationProbability = 0, IntensityProbability = 0.6, RotationDegrees = 0, WarpMinimum = 1, CropMinimum = 1, CropMaximum = 1 };
    private static readonly TrainingOptions s_moving = s_still with { AugmentationProbability = 0.7 };

    private static readonly Dictionary<string, TrainingOptions> s_kinds = new()
    {
        ["rotation"] = s_moving with { RotationDegrees = 180 },
        ["warp"] = s_moving with { WarpMinimum = 0.3 },
        ["crop"] = s_moving with { CropMinimum = 0.3 },
        ["elastic"] = s_still with { ElasticShift = 0.1 },
        ["all that moves"] = s_moving with { RotationDegrees = 30, WarpMinimum = 0.7, CropMinimum = 0.5, CropMaximum = 0.9, ElasticShift = 0.05 },
        ["blur"] = s_still with { BlurSigma = 3 },
        ["contrast"] = s_still with { ContrastRange = 0.8 },
        ["gamma"] = s_still with { GammaRange = 0.7 },
        ["low resolution"] = s_still with { LowResolutionFactor = 5 },
        ["all but noise"] = s_moving with { RotationDegrees = 30, WarpMinimum = 0.7, CropMinimum = 0.5, CropMaximum = 0.9, ElasticShift = 0.05, BlurSigma = 1.5, ContrastRange = 0.4, GammaRange = 0.3, LowResolutionFactor = 2.5 },
    };

    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string kind in s_kinds.Keys)
            {
                data.Add(kind, 64, 5);
                data.Add(kind, 96, 2);
                data.Add(kind, 80, 1);
            }

            return data;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Batch_equals_its_samples_on_the_CPU(string kind, int size, int count)
    {
        using var device = new DeviceAugmentation(size, torch.CPU);
        int pixels = 0;
        int ties = 0;
        int changed = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            (float[] images, byte[] labels) = Slices(count, size, batch);
            SampleTransforms[] drawn = Draw(s_kinds[kind], count, size, batch);
            (float[] expected, byte[] expectedLabels) = OnCpu(images, labels, size, s_kinds[kind], batch);

            (float[] found, byte[] foundLabels) = OnDevice(device, images, labels, drawn, size);

            for (int i = 0; i < found.Length; i++)
            {
                Assert.Equal(expected[i], found[i], 2e-5);
                if (expectedLabels[i] != foundLabels[i])
                {
                    ties++;
                    Assert.InRange(FromTie(drawn[i / (size * size)], i % (size * size), size), 0, 1e-3);
                }
            }

            pixels += found.Length;
            changed += found.Zip(images).Count(pair => pair.First != pair.Second);
        }

        Assert.InRange(ties, 0, pixels / 1000);
        Assert.InRange(changed, pixels / 10, pixels);
    }

    [Fact]
    public void Sample_without_transforms_does_not_change_in_a_batch()
    {
        const int size = 64;
        using var device = new DeviceAugmentation(size, torch.CPU);
        TrainingOptions options = s_still with { IntensityProbability = 1, BlurSigma = 2, NoiseDeviation = 0.3, ContrastRange = 0.4, GammaRange = 0.3, LowResolutionFactor = 3 };
        (float[] images, byte[] labels) = Slices(3, size, 1);
        SampleTransforms[] drawn = Draw(options, 3, size, 1);
        drawn[1] = new SampleTransforms(AffineMap.Rotation(0, size), null, default);

        (float[] found, byte[] foundLabels) = OnDevice(device, images, labels, drawn, size);

        int plane = size * size;
        Assert.Equal(images[plane..(2 * plane)], found[plane..(2 * plane)]);
        Assert.NotEqual(images[..plane], found[..plane]);
        Assert.NotEqual(images[(2 * plane)..], found[(2 * plane)..]);
        Assert.Equal(labels, foundLabels);
    }

    [Fact]
    public void Slice_of_one_value_stays_a_number()
    {
        const int size = 32;
        using var device = new DeviceAugmentation(size, torch.CPU);
        TrainingOptions options = s_still with { IntensityProbability = 1, BlurSigma = 2, NoiseDeviation = 0.3, ContrastRange = 0.4, GammaRange = 0.3, LowResolutionFactor = 3 };
        float[] images = [.. Enumerable.Repeat(0.25f, 2 * size * size)];

        (float[] found, _) = OnDevice(device, images, new byte[images.Length], Draw(options, 2, size, 1), size);

        Assert.All(found, value => Assert.Equal(0.25, value, 1e-5));
    }

    [Fact]
    public void Noise_has_the_deviation_that_was_drawn_and_the_same_seed_gives_the_same()
    {
        const int size = 128;
        const int plane = size * size;
        using var device = new DeviceAugmentation(size, torch.CPU);
        (float[] images, byte[] labels) = Slices(6, size, 3);
        SampleTransforms[] drawn = Draw(s_still with { NoiseDeviation = 0.5 }, 6, size, 2);
        Assert.Contains(drawn, d => d.Intensity.NoiseShare is null);
        Assert.Contains(drawn, d => d.Intensity.NoiseShare > 0.1);

        (float[] found, _) = OnDevice(device, images, labels, drawn, size, seed: 5);
        (float[] again, _) = OnDevice(device, images, labels, drawn, size, seed: 5);
        (float[] other, _) = OnDevice(device, images, labels, drawn, size, seed: 6);

        Assert.Equal(found, again);
        double[]? first = null;
        for (int i = 0; i < drawn.Length; i++)
        {
            float[] image = images[(i * plane)..((i + 1) * plane)];
            double[] noise = [.. image.Zip(found[(i * plane)..((i + 1) * plane)], (before, after) => (double)after - before)];
            if (drawn[i].Intensity.NoiseShare is not { } share)
            {
                Assert.All(noise, n => Assert.Equal(0, n));
                continue;
            }

            double mean = image.Average(v => (double)v);
            double deviation = share * Math.Sqrt(image.Average(v => (v - mean) * (v - mean)));
            Assert.InRange(noise.Average() / deviation, -0.03, 0.03);
            Assert.InRange(Math.Sqrt(noise.Average(n => n * n)) / deviation, 0.97, 1.03);
            Assert.NotEqual(found[(i * plane)..((i + 1) * plane)], other[(i * plane)..((i + 1) * plane)]);

            // Each sample has numbers of its own.
            double[] unit = [.. noise.Select(n => n / deviation)];
            Assert.InRange(first is null ? 0 : first.Zip(unit, (a, b) => a * b).Average(), -0.05, 0.05);
            first ??= unit;
        }

        Assert.NotNull(first);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(49)]
    public void Draws_after_noise_are_the_same_as_on_the_CPU(int size)
    {
        var options = new TrainingOptions { AugmentationProbability = 0, IntensityProbability = 1, NoiseDeviation = 0.2, ContrastRange = 0.3, GammaRange = 0.4, LowResolutionFactor = 2 };
        var random = new SampleRandom(4, 2, 9);
        var drawn = SampleTransforms.Draw(options, size, random);

        // Rotation, warp and crop: none of three. Then each transform asks, and draws.
        random.Skip(3);
        _ = random.Next();
        Assert.Equal(random.Next(0, 0.2), drawn.Intensity.NoiseShare);
        IntensityAugmentation.AddNoise(new float[size * size], 0.1, ref random);
        _ = random.Next();
        Assert.Equal(1 + random.Next(-0.3, 0.3), drawn.Intensity.Contrast);
        _ = random.Next();
        Assert.Equal(Math.Pow(1.4, random.Next(-1, 1)), drawn.Intensity.Gamma);
        _ = random.Next();
        Assert.Equal(random.Next(1, 2), drawn.Intensity.Coarseness);
    }

    [Fact]
    public void Skipped_numbers_are_those_that_would_have_been_drawn()
    {
        var drawn = new SampleRandom(1, 2, 3);
        SampleRandom skipped = drawn;
        for (int i = 0; i < 1000; i++)
        {
            _ = drawn.Next();
        }

        skipped.Skip(1000);

        Assert.Equal(drawn.Next(), skipped.Next());
    }

    [Theory]
    [InlineData("all that moves")]
    [InlineData("all but noise")]
    public void Elementary_operations_compute_what_torch_does(string kind)
    {
        const int size = 64;
        using var torchs = new DeviceAugmentation(size, torch.CPU);
        using var elementary = new DeviceAugmentation(size, torch.CPU, new ElementarySliceOperations());
        (float[] images, byte[] labels) = Slices(4, size, 1);
        SampleTransforms[] drawn = Draw(s_kinds[kind], 4, size, 1);

        (float[] expected, byte[] expectedLabels) = OnDevice(torchs, images, labels, drawn, size);
        (float[] found, byte[] foundLabels) = OnDevice(elementary, images, labels, drawn, size);

        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.InRange(expectedLabels.Zip(foundLabels).Count(pair => pair.First != pair.Second), 0, labels.Length / 1000);
    }

    [Fact]
    public void Batch_of_another_shape_is_refused_and_nothing_is_left_behind()
    {
        const int size = 32;
        TrainingOptions options = s_kinds["all but noise"] with { IntensityProbability = 1, NoiseDeviation = 0.1 };
        using var device = new DeviceAugmentation(size, torch.CPU);
        var table = new TransformTable(Draw(options, 2, size, 1), size);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int i = 0; i < 3; i++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            AssertRefused(3, 2);
            AssertRefused(2, 3);
            _ = device.Apply(torch.zeros(2, size, size), torch.zeros([2, size, size], torch.ScalarType.Byte), table, 1);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void AssertRefused(int images, int labels)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => device.Apply(torch.zeros(images, size, size), torch.zeros([labels, size, size], torch.ScalarType.Byte), table, 1));
            Assert.StartsWith($"Expected [2, 32, 32], got [{images}, 32, 32] and [{labels}, 32, 32].", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Channels_move_the_same_way_and_change_their_intensities_alone_on_both_devices()
    {
        const int size = 32;
        const int plane = size * size;
        var options = new TrainingOptions { RotationDegrees = 10, AugmentationProbability = 1, IntensityProbability = 1, GammaRange = 0.5, ContrastRange = 0.5, NoiseDeviation = 0, BlurSigma = 1 };
        (float[] images, byte[] labels) = Slices(1, size, 3);
        float[] twice = [.. images, .. images];
        float[] expected = new float[2 * plane];
        byte[] expectedLabels = new byte[plane];

        SampleAugmentation.Apply(twice, labels, size, options, Random(1, 0), expected, expectedLabels);
        float[] moved = new float[2 * plane];
        byte[] movedLabels = new byte[plane];
        SampleAugmentation.Apply(twice, labels, size, options with { IntensityProbability = 0 }, Random(1, 0), moved, movedLabels);

        Assert.Equal(moved[..plane], moved[plane..]);
        Assert.NotEqual(twice[..plane], moved[..plane]);
        Assert.NotEqual(expected[..plane], expected[plane..]);
        Assert.Equal(movedLabels, expectedLabels);

        using DisposeScope scope = torch.NewDisposeScope();
        using var device = new DeviceAugmentation(size, torch.CPU);
        SampleTransforms[] drawn = [.. SampleTransforms.Draw(options, size, Random(1, 0), channels: 2).PerChannel];
        (torch.Tensor found, torch.Tensor foundLabels) = device.Apply(torch.tensor(twice, [2, size, size]), torch.tensor(labels, [1, size, size]), new TransformTable(drawn, size, channels: 2), seed: 1);
        Assert.All(expected.Zip(found.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.InRange(expectedLabels.Zip(foundLabels.data<byte>().ToArray(), (a, b) => a == b ? 0 : 1).Sum(), 0, 2);
    }

    // How far the place that a pixel comes from is from the line between two pixels, across or down, in pixels.
    private static double FromTie(in SampleTransforms drawn, int pixel, int size)
    {
        (double x, double y) = ((pixel % size) + 0.5, (pixel / size) + 0.5);
        (double shiftX, double shiftY) = drawn.Field?.At(x / size, y / size) ?? (0, 0);
        (double sourceX, double sourceY) = drawn.Map.Source(x + shiftX, y + shiftY);
        return Math.Min(Math.Abs(sourceX - Math.Round(sourceX)), Math.Abs(sourceY - Math.Round(sourceY)));
    }

    private static SampleRandom Random(int batch, int sample) => new(7, batch, sample);

    private static SampleTransforms[] Draw(TrainingOptions options, int count, int size, int batch) =>
        [.. Enumerable.Range(0, count).Select(i => SampleTransforms.Draw(options, size, Random(batch, i)))];

    private static (float[] Images, byte[] Labels) OnCpu(float[] images, byte[] labels, int size, TrainingOptions options, int batch)
    {
        float[] imagesOut = new float[images.Length];
        byte[] labelsOut = new byte[labels.Length];
        int plane = size * size;
        for (int i = 0; i < images.Length / plane; i++)
        {
            SampleAugmentation.Apply(images.AsSpan(i * plane, plane), labels.AsSpan(i * plane, plane), size, options, Random(batch, i), imagesOut.AsSpan(i * plane, plane), labelsOut.AsSpan(i * plane, plane));
        }

        return (imagesOut, labelsOut);
    }

    private static (float[] Images, byte[] Labels) OnDevice(DeviceAugmentation device, float[] images, byte[] labels, SampleTransforms[] drawn, int size, ulong seed = 1)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long[] shape = [drawn.Length, size, size];
        (torch.Tensor found, torch.Tensor foundLabels) = device.Apply(torch.tensor(images, shape), torch.tensor(labels, shape), new TransformTable(drawn, size), seed);
        return (found.data<float>().ToArray(), foundLabels.data<byte>().ToArray());
    }

    // A bright lattice with some noise, and ROIs with slanting edges.
    private static (float[] Images, byte[] Labels) Slices(int count, int size, int seed)
    {
        var random = new Random(seed);
        float[] images = new float[count * size * size];
        byte[] labels = new byte[images.Length];
        for (int i = 0; i < images.Length; i++)
        {
            (int slice, int y, int x) = (i / (size * size), i / size % size, i % size);
            labels[i] = Math.Abs(x - (0.4 * size) - slice) + Math.Abs(y - (0.4 * size)) < 0.2 * size ? (byte)3 : Math.Abs(x - (0.7 * size)) + (0.5 * Math.Abs(y - (0.6 * size))) < 0.15 * size ? (byte)255 : (byte)0;
            images[i] = 0.4f + (labels[i] % 248 * 0.05f) + (0.2f * MathF.Sin((x * 0.5f) + slice) * MathF.Cos(y * 0.3f)) + (0.1f * random.NextSingle());
        }

        return (images, labels);
    }
}
