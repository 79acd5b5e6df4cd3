using System.Runtime.Intrinsics;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>
/// Kernels with images of bfloat16: they compute in float32, so each result is that of the same values as float32, rounded once, and the gradients of parameters are
/// bit-identical.
/// </summary>
public sealed unsafe class NarrowImageTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ImageArena _arena = new();

    public static TheoryData<int, int, int, int, int, int, int, bool, bool> Convolutions { get; } = new()
    {
        // Images, rows and columns of the input, channels in and out, side, dilation or else the stride, whether it is a stride, and transposed.
        { 1, 1, 1, 1, 1, 3, 1, false, false },
        { 2, 5, 7, 1, 16, 3, 1, false, false },
        { 3, 4, 4, 64, 64, 3, 5, false, false },
        { 5, 3, 9, 3, 4, 3, 2, false, false },
        { 1, 33, 31, 8, 7, 3, 1, false, false },
        { 1, 6, 6, 24, 17, 3, 4, false, false },
        { 2, 70, 70, 48, 32, 3, 1, false, false },
        { 1, 1, 2000, 5, 3, 3, 1, false, false },
        { 2, 11, 8, 5, 20, 3, 2, true, false },
        { 1, 13, 17, 5, 9, 3, 3, true, false },
        { 3, 6, 10, 4, 8, 2, 2, true, false },
        { 2, 40, 64, 16, 32, 2, 2, true, false },
        { 5, 160, 160, 20, 12, 2, 2, true, false }, // Copied in two parts.
        { 3, 3, 5, 8, 4, 2, 2, true, true },
        { 2, 20, 32, 32, 16, 2, 2, true, true },
        { 1, 4, 4, 19, 33, 2, 2, true, true },
        { 2, 20, 30, 32, 7, 1, 1, false, false },
    };

    public void Dispose()
    {
        _arena.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_is_that_of_float32_rounded_once(int images, int rows, int columns, int inputs, int outputs, int side, int distance, bool isStride, bool isTransposed)
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernels: it has no AVX2 and FMA.");
        int dilation = isStride ? 1 : distance;
        var geometry = new Conv2dGeometry(side, isStride ? distance : 1, side == 3 ? dilation : 0, dilation);
        LayerParameters layer = Layer(isTransposed ? [inputs, outputs, side, side] : [outputs, inputs, side, side], outputs);
        using ChannelsLastView x = Narrow(1, images, rows, columns, inputs, hasGaps: true);
        foreach (ConvolutionPath path in (ConvolutionPath[])[ConvolutionPath.Direct, ConvolutionPath.Winograd])
        {
            Result Compute(ChannelsLastView input, bool isNarrow)
            {
                layer.Weight.grad!.zero_();
                (int height, int width) = isTransposed ? (rows * distance, columns * distance) : (geometry.Coarse(rows), geometry.Coarse(columns));
                using ChannelsLastView narrowOther = Narrow(2, images, height, width, outputs, hasGaps: false);
                using ChannelsLastView other = isNarrow ? narrowOther.Part(0, outputs) : Widen(narrowOther);
                var activation = new PReluEpilogue(layer.Pointers, other, new DropoutMask(0.3, seed: 7));
                using var convolution = new Avx2Conv2dNode(layer.Pointers, input, geometry, isTransposed, wantsInput: true, path, new ImageStorage(_arena, IsNarrow: isNarrow), activation);
                using ChannelsLastView values = convolution.Values;
                Assert.Equal(isNarrow, values.IsNarrow);
                using ChannelsLastView narrowGradient = Narrow(3, images, height, width, outputs, hasGaps: false);
                using ChannelsLastView gradient = isNarrow ? narrowGradient.Part(0, outputs) : Widen(narrowGradient);
                using ChannelsLastView back = convolution.Backward(gradient, input)!;
                return new Result(Floats(values), Floats(back), layer.Weight.grad!.contiguous().data<float>().ToArray());
            }

            using ChannelsLastView wide = Widen(x);
            Result exact = Compute(wide, isNarrow: false);
            Result narrow = Compute(x, isNarrow: true);

            Assert.Contains(exact.Values, value => value != 0);
            Assert.Equal(Rounded(exact.Values), narrow.Values);
            Assert.Equal(Rounded(exact.Back), narrow.Back);
            Assert.Equal(exact.WeightGradient, narrow.WeightGradient);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, true)]
    [InlineData(12, false)]
    [InlineData(16, true)]
    [InlineData(27, false)]
    [InlineData(64, true)]
    public void Activation_and_its_gradients_are_those_of_float32_rounded_once(int channels, bool hasGaps)
    {
        LayerParameters layer = Layer([channels, 1, 1, 1], channels);
        using ChannelsLastView x = Narrow(1, 2, 9, 7, channels, hasGaps: false);
        using ChannelsLastView other = Narrow(2, 2, 9, 7, channels, hasGaps);
        using ChannelsLastView one = Narrow(3, 2, 9, 7, 1, hasGaps: false);
        using ChannelsLastView first = Narrow(4, 2, 9, 7, channels, hasGaps);
        using ChannelsLastView second = Narrow(5, 2, 9, 7, channels, hasGaps);
        float[][] Compute(Func<ChannelsLastView, ChannelsLastView> format, bool addsOne)
        {
            // An image of one channel is float32 in either case.
            using ChannelsLastView added = addsOne ? Widen(one) : format(other);
            var activation = new PReluEpilogue(layer.Pointers, added, new DropoutMask(0.3, seed: 6));
            using ChannelsLastView from = format(x);
            using ChannelsLastView result = from.EmptyLike(_arena);
            PReluKernel.Forward(from, activation, result);
            using ChannelsLastView gradient = from.EmptyLike(_arena);
            using ChannelsLastView otherGradient = from.EmptyLike(_arena);
            using ChannelsLastView ofFirst = format(first);
            using ChannelsLastView ofSecond = format(second);
            float[] sums = new float[2 * channels];
            fixed (float* start = sums)
            {
                PReluKernel.Backward((ofFirst, ofSecond), from, isResult: false, activation, addsOne ? null : otherGradient, gradient, start, start + channels);
            }

            return [Floats(result), Floats(gradient), addsOne ? [] : Floats(otherGradient), sums];
        }

        foreach (bool addsOne in new[] { false, true })
        {
            float[][] exact = Compute(Widen, addsOne);
            float[][] narrow = Compute(view => view.Part(0, channels), addsOne);

            Assert.Equal([.. exact[..3].Select(Rounded)], narrow[..3]);

            // Gaps between pixels change the order of the sums.
            Assert.All(exact[3].Zip(narrow[3]), pair => Assert.Equal(pair.First, pair.Second, hasGaps ? 1e-5 : 0));
        }
    }

    [Theory]
    [InlineData(1, 3, 5, 7)]
    [InlineData(2, 24, 33, 40)]
    [InlineData(1, 5000, 2, 3)]
    public void Normalization_is_that_of_float32_rounded_once(int images, int channels, int rows, int columns)
    {
        Tensor scale = rand(channels, generator: new Generator(2)).add(0.5);
        Tensor shift = rand(channels, generator: new Generator(3));
        using ChannelsLastView x = Narrow(1, images, rows, columns, channels, hasGaps: false);
        float[][] Compute(Func<int, ChannelsLastView> make)
        {
            using ChannelsLastView from = make(1);
            using ChannelsLastView result = from.EmptyLike(_arena);
            using ChannelsLastView gradient = make(4);
            Tensor sums = zeros(2 * channels);
            var kernel = new InstanceNormKernel(from);
            kernel.Forward(TensorMemory.Start(scale), TensorMemory.Start(shift), result);
            kernel.Backward(gradient, TensorMemory.Start(scale), TensorMemory.Start(sums), TensorMemory.Start(sums) + channels);
            return [Floats(result), Floats(gradient), sums.data<float>().ToArray()];
        }

        float[][] exact = Compute(seed =>
        {
            using ChannelsLastView narrow = Narrow(seed, images, rows, columns, channels, hasGaps: false);
            return Widen(narrow);
        });
        float[][] narrow = Compute(seed => Narrow(seed, images, rows, columns, channels, hasGaps: false));

        Assert.Equal([Rounded(exact[0]), Rounded(exact[1]), exact[2]], narrow);
    }

    [Fact]
    public void Joined_images_keep_their_values_and_are_bfloat16_only_if_both_are()
    {
        using ChannelsLastView first = Narrow(1, 2, 3, 4, 5, hasGaps: true);
        using ChannelsLastView second = Narrow(2, 2, 3, 4, 7, hasGaps: false);
        using ChannelsLastView wide = Widen(second);
        using var room = ChannelsLastView.Empty(_arena, 2, 3, 4, 5, room: 7, isNarrow: true);
        Write(room, Floats(first));

        using var both = ChannelsLastView.Join(_arena, first, second, isKept: false);
        using var mixed = ChannelsLastView.Join(_arena, first, wide, isKept: false);
        using ChannelsLastView? appended = room.TryAppend(second);

        Assert.Equal((true, false), (both.IsNarrow, mixed.IsNarrow));
        Assert.Null(room.TryAppend(wide));
        Assert.Equal(Floats(mixed), Floats(both));
        Assert.Equal(Floats(both), Floats(appended!));
        using ChannelsLastView part = appended!.Part(5, 7);
        Assert.Equal(Floats(second), Floats(part));
        Assert.Throws<InvalidOperationException>(() => (nint)both.Start);
    }

    // 1 + 2⁻⁸ is half way between two bfloat16 numbers.
    [Fact]
    public void Vectors_are_rounded_to_the_nearest_with_ties_to_even_and_NaN_stays_NaN()
    {
        float[] values =
        [
            0, -0f, 1, 1 + (1 / 256f), 1 + (3 / 256f), 1 + (1.01f / 256f), -1.3f, 1e-40f, 3.4e38f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
            BitConverter.UInt32BitsToSingle(0x7FFFFFFF), BitConverter.UInt32BitsToSingle(0xFF800001), 65_537,
        ];
        float[] expected = Rounded(values);
        Assert.Equal([1, 1 + (4 / 256f), 1 + (2 / 256f)], expected[3..6]);
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity], expected[8..10]);
        Assert.All(expected[12..15], value => Assert.True(float.IsNaN(value)));
        ushort[] halves = new ushort[values.Length];
        float[] read = new float[values.Length];
        fixed (float* from = values, to = read)
        fixed (ushort* narrow = halves)
        {
            byte* bytes = (byte*)narrow;
            for (int i = 0; i < values.Length; i++)
            {
                BFloat16Format.StoreOne(from[i], bytes + (2 * i));
                to[i] = BFloat16Format.LoadOne(bytes + (2 * i));
            }

            Check();
            for (int i = 0; i < values.Length; i += 4)
            {
                BFloat16Format.Store<Vector128Lanes, Vector128<float>>(Vector128.Load(from + i), bytes + (2 * i));
                BFloat16Format.Load<Vector128Lanes, Vector128<float>>(bytes + (2 * i)).Store(to + i);
            }

            Check();
            if (CpuFeatures.HasOwnConvolutions)
            {
                for (int i = 0; i < values.Length; i += 8)
                {
                    BFloat16Format.Store<Avx2Lanes, Vector256<float>>(Vector256.Load(from + i), bytes + (2 * i));
                    BFloat16Format.Load<Avx2Lanes, Vector256<float>>(bytes + (2 * i)).Store(to + i);
                }

                Check();
            }

            if (Avx512Lanes.IsSupported)
            {
                BFloat16Format.Store<Avx512Lanes, Vector512<float>>(Vector512.Load(from), bytes);
                BFloat16Format.Load<Avx512Lanes, Vector512<float>>(bytes).Store(to);
                Check();
            }
        }

        void Check()
        {
            Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), read.Select(BitConverter.SingleToUInt32Bits));
            Array.Clear(halves);
            Array.Clear(read);
        }
    }

    private static float[] Rounded(float[] values)
    {
        float[] rounded = [.. values];
        BFloat16Numbers.Round(rounded);
        return rounded;
    }

    private static float[] Floats(ChannelsLastView view)
    {
        float[] values = new float[view.Pixels * view.Channels];
        fixed (float* start = values)
        {
            view.Read(0, view.Pixels, start);
        }

        return values;
    }

    // Rounds the values.
    private static void Write(ChannelsLastView view, float[] values)
    {
        for (int pixel = 0; pixel < view.Pixels; pixel++)
        {
            BFloat16Format.Write(values.AsSpan(pixel * view.Channels, view.Channels), view.Bytes + (pixel * (long)view.Stride * view.ValueSize));
        }
    }

    private static LayerParameters Layer(long[] weights, int outputs)
    {
        Tensor weight = rand(weights, generator: new Generator(7)).mul(2).sub(1).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach();
        weight.requires_grad = true;
        weight.grad = zeros(weights).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach();
        Tensor slope = rand(outputs, generator: new Generator(8)).add(0.1);
        return new LayerParameters(weight, rand(outputs, generator: new Generator(9)), slope);
    }

    private ChannelsLastView Narrow(int seed, int images, int rows, int columns, int channels, bool hasGaps)
    {
        var random = new Random(seed);
        using var all = ChannelsLastView.Empty(_arena, images, rows, columns, hasGaps ? channels + 6 : channels, isNarrow: true);
        Write(all, [.. Enumerable.Range(0, (int)all.Pixels * all.Channels).Select(_ => (2 * random.NextSingle()) - 1)]);
        return all.Part(hasGaps ? 3 : 0, channels);
    }

    // The same values as float32, without gaps.
    private static ChannelsLastView Widen(ChannelsLastView narrow)
    {
        ChannelsLastView wide = ChannelsLastView.Empty(narrow.Images, narrow.Height, narrow.Width, narrow.Channels);
        narrow.Read(0, narrow.Pixels, wide.Start);
        return wide;
    }

    private sealed record Result(float[] Values, float[] Back, float[] WeightGradient);
}
