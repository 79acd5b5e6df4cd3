using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>PReLU with the sum and the dropout that follow it, and its gradients, against torch in double precision.</summary>
public sealed unsafe class PReluKernelTests : IDisposable
{
    private const int Images = 2;
    private const int Rows = 9;
    private const int Columns = 7;
    private readonly DisposeScope _scope = NewDisposeScope();

    // Vectors of 16, 8 and 4 values and single ones, with gaps between pixels and without.
    public static TheoryData<int, bool, int, bool> All =>
        [.. from channels in new[] { 1, 3, 4, 7, 8, 12, 16, 27, 64 } from hasGaps in new[] { false, true } from added in new[] { 0, 1, channels } from drops in new[] { false, true } select (channels, hasGaps, added, drops)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Values_and_gradients_are_torch_s(int channels, bool hasGaps, int added, bool drops)
    {
        Tensor x = Normal(1, channels);
        Tensor slope = rand(channels, generator: new Generator(2)).add(0.1);
        Tensor? other = added == 0 ? null : Normal(3, added);
        Tensor first = Normal(4, channels);
        Tensor second = Normal(5, channels);
        DropoutMask? mask = drops ? new DropoutMask(0.3, seed: 6) : null;

        Tensor exactX = Exact(x);
        Tensor exactSlope = Exact(slope);
        Tensor? exactOther = other is null ? null : Exact(other);
        Tensor activated = where(exactX > 0, exactX, exactX * exactSlope.view(1, channels, 1, 1));
        Tensor expected = (exactOther is null ? activated : activated + exactOther) * Factors(mask, channels);
        expected.backward([first.add(second).to(ScalarType.Float64)]);

        LayerParameters layer = Layer(slope, channels);
        using ChannelsLastView? addedImage = other is null ? null : View(other, hasGaps);
        var activation = new PReluEpilogue(layer.Pointers, addedImage, mask);
        using ChannelsLastView values = View(x, hasGaps: false);
        using ChannelsLastView result = ChannelsLastView.Empty(Images, Rows, Columns, channels);
        PReluKernel.Forward(values, activation, result);
        AssertClose(expected, result);

        // From the values, and from the result, which the values are computed back from.
        foreach ((ChannelsLastView from, bool isResult) in new[] { (values, false), (result, true) })
        {
            using ChannelsLastView gradient = ChannelsLastView.Empty(Images, Rows, Columns, channels);
            using ChannelsLastView? otherGradient = added == channels ? ChannelsLastView.Empty(Images, Rows, Columns, channels) : null;
            using ChannelsLastView one = View(first, hasGaps);
            using ChannelsLastView two = View(second, hasGaps);
            float[] slopeGradient = new float[channels];
            float[] biasGradient = new float[channels];
            fixed (float* ofSlope = slopeGradient, ofBias = biasGradient)
            {
                PReluKernel.Backward((one, two), from, isResult, activation, otherGradient, gradient, ofSlope, ofBias);
            }

            AssertClose(exactX.grad!, gradient);
            if (otherGradient is not null)
            {
                AssertClose(exactOther!.grad!, otherGradient);
            }

            AssertClose(exactSlope.grad!, slopeGradient);
            AssertClose(exactX.grad!.sum([0, 2, 3]), biasGradient);
        }
    }

    [Fact]
    public void Gaps_between_pixels_change_no_bit_of_the_gradient()
    {
        const int channels = 8;
        LayerParameters layer = Layer(ones(channels).mul(0.2), channels);
        var activation = new PReluEpilogue(layer.Pointers, null, new DropoutMask(0.3, seed: 6));
        using ChannelsLastView x = View(Normal(1, channels), hasGaps: false);
        float[][] gradients = [.. new[] { false, true }.Select(hasGaps =>
        {
            using ChannelsLastView one = View(Normal(4, channels), hasGaps);
            using ChannelsLastView gradient = ChannelsLastView.Empty(Images, Rows, Columns, channels);
            float[] slopeGradient = new float[channels];
            fixed (float* ofSlope = slopeGradient)
            {
                PReluKernel.Backward((one, null), x, isResult: false, activation, null, gradient, ofSlope, null);
            }

            return gradient.ToImage().contiguous().data<float>().ToArray();
        })];

        Assert.Contains(0, gradients[0]);
        Assert.Equal(gradients[0], gradients[1]);
    }

    private static Tensor Exact(Tensor value) => value.to(ScalarType.Float64).detach().requires_grad_();

    private static Tensor Normal(int seed, int channels) => randn([Images, channels, Rows, Columns], generator: new Generator((ulong)seed));

    private static Tensor Factors(DropoutMask? mask, int channels)
    {
        float[] factors = new float[Images * Rows * Columns * channels];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = mask?.One((uint)i) ?? 1;
        }

        return tensor(factors, [Images, Rows, Columns, channels]).permute(0, 3, 1, 2).to(ScalarType.Float64);
    }

    private static ChannelsLastView View(Tensor image, bool hasGaps)
    {
        int channels = (int)image.shape[1];
        Tensor wide = (hasGaps ? cat([image, image], 1) : image).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        return ChannelsLastView.Of(wide.narrow(1, 0, channels));
    }

    private static LayerParameters Layer(Tensor slope, int channels) =>
        new(zeros(channels, 1, 1, 1), zeros(channels), slope.clone());

    private static void AssertClose(Tensor expected, ChannelsLastView actual) =>
        Assert.InRange(expected.sub(actual.ToImage().to(ScalarType.Float64)).abs().max().item<double>(), 0, 1e-5);

    private static void AssertClose(Tensor expected, float[] actual) =>
        Assert.All(expected.data<double>().Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
}
