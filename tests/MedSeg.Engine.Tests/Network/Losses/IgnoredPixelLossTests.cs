using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;

namespace MedSeg.Tests.Network.Losses;

/// <summary>What a network predicts in ignored pixels changes neither the loss, nor a gradient, nor the Dice score of training.</summary>
public sealed class IgnoredPixelLossTests : IDisposable
{
    private const byte Ignored = 255;
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<LossFunction> All => [.. Enum.GetValues<LossFunction>()];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Predictions_in_ignored_pixels_change_no_bit_of_loss_and_gradients(LossFunction function)
    {
        (float loss, float[] full, float[] half) = Compute(function, garbage: 0.1f);
        (float other, float[] otherFull, float[] otherHalf) = Compute(function, garbage: 0.8f);

        Assert.Equal(loss, other);
        Assert.Equal(full, otherFull);
        Assert.Equal(half, otherHalf);
        byte[] labels = [.. Labels().data<byte>()];
        Assert.All(Enumerable.Range(0, full.Length), i => Assert.True(labels[(i / 48 * 16) + (i % 16)] != Ignored || full[i] == 0, $"Pixel {i} has a gradient."));
        Assert.True(half.Count(g => g == 0) >= 3, "The pixel of the smaller output that is ignored has a gradient.");
        Assert.Contains(full, g => g != 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Without_ignored_pixels_the_loss_is_the_usual_one(LossFunction function)
    {
        torch.Tensor labels = Labels().clone();
        labels.masked_fill_(labels.eq(Ignored), 0);
        torch.Tensor p = Probabilities(4);

        float usual = SegmentationLoss.Compute(function, [new NetworkOutput(p, 1)], new LossTargets(labels, 2)).item<float>();
        float masked = SegmentationLoss.Compute(function, [new NetworkOutput(p, 1)], new LossTargets(labels, 2, hasIgnored: true)).item<float>();

        Assert.Equal(usual, masked, 1e-6);
        Assert.NotEqual(usual, SegmentationLoss.Compute(function, [new NetworkOutput(p, 1)], new LossTargets(Labels(), 2, hasIgnored: true)).item<float>(), 1e-3);
    }

    [Fact]
    public void Cross_entropy_is_the_mean_over_the_other_pixels()
    {
        torch.Tensor p = Probabilities(4);
        float Loss(LossFunction function) => SegmentationLoss.Compute(function, [new NetworkOutput(p, 1)], new LossTargets(Labels(), 2, hasIgnored: true)).item<float>();

        float[] values = [.. p.data<float>()];
        byte[] labels = [.. Labels().data<byte>()];
        double entropy = Enumerable.Range(0, labels.Length).Where(i => labels[i] != Ignored).Average(i => -Math.Log(values[(i / 16 * 48) + (labels[i] * 16) + (i % 16)]));

        Assert.Equal(entropy, Loss(LossFunction.DiceCrossEntropy) - Loss(LossFunction.Dice), 1e-5);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Slices_of_ignored_pixels_only_have_a_finite_loss(LossFunction function)
    {
        torch.Tensor nothing = torch.full([2, 4, 4], Ignored, torch.ScalarType.Byte);

        Assert.True(float.IsFinite(SegmentationLoss.Compute(function, [new NetworkOutput(Probabilities(4), 1)], new LossTargets(nothing, 2, hasIgnored: true)).item<float>()));
    }

    [Fact]
    public void Training_Dice_leaves_out_what_is_found_in_ignored_pixels()
    {
        double[] Measure(float garbage) => [.. TrainingDice.Measure(new NetworkOutput(WithGarbage(garbage), 1), new LossTargets(Labels(), 2, hasIgnored: true)).data<double>()];

        // In the second slice, ROI 2 is neither labelled nor found, except in ignored pixels.
        Assert.Equal(Measure(0.1f), Measure(0.8f));
        Assert.Equal(3, Measure(0.8f)[1]);
    }

    [Fact]
    public void Pixel_of_a_smaller_output_is_ignored_where_most_of_its_area_is()
    {
        var targets = new LossTargets(Labels(), 2, hasIgnored: true);

        LossTarget half = targets.At(new NetworkOutput(torch.zeros([2, 3, 2, 2]), 1));

        Assert.Equal([0, 1, 2, Ignored, 0, 1, 0, Ignored], half.Labels.data<byte>().ToArray());
        Assert.Equal([1, 1, 1, 0, 1, 1, 1, 0], half.Known!.data<float>().ToArray());
        Assert.Equal(torch.ScalarType.Byte, half.Labels.dtype);
    }

    // Deep supervision: the full size and half of it.
    private static (float Loss, float[] Full, float[] Half) Compute(LossFunction function, float garbage)
    {
        torch.Tensor full = WithGarbage(garbage).requires_grad_();
        torch.Tensor half = Probabilities(2);
        half[1, 1, 1, 1] = garbage;
        half[1, 2, 1, 1] = garbage;
        half.requires_grad_();
        torch.Tensor loss = SegmentationLoss.Compute(function, [new NetworkOutput(half, 0.5), new NetworkOutput(full, 1)], new LossTargets(Labels(), 2, hasIgnored: true));
        loss.backward();
        return (loss.item<float>(), [.. full.grad!.data<float>()], [.. half.grad!.data<float>()]);
    }

    // As if the network were certain of ROI 2, or of background, in ignored pixels. Elsewhere ROI 2 of the second slice is never the likeliest.
    private static torch.Tensor WithGarbage(float garbage)
    {
        torch.Tensor p = Probabilities(4);
        p[1, 2] = p[1, 2] * 0.1f;
        torch.Tensor ignored = Labels().eq(Ignored).unsqueeze(1).expand(-1, 3, -1, -1);
        torch.Tensor other = torch.tensor(new[] { (1 - garbage) / 2, (1 - garbage) / 2, garbage }).view(1, 3, 1, 1).expand(2, 3, 4, 4);
        return torch.where(ignored, other, p).contiguous();
    }

    private static torch.Tensor Probabilities(int side) => torch.rand([2, 3, side, side], generator: new torch.Generator(3)).softmax(1);

    // Two slices of 4 × 4, in which ROI 1, ROI 2 and ignored pixels have a quarter or a part of it.
    private static torch.Tensor Labels() => torch.tensor(
        new byte[]
        {
            0, 0, 1, 1,
            0, 0, 1, 1,
            2, 2, 255, 255,
            2, 0, 255, 0,

            0, 0, 1, 1,
            0, 0, 1, 255,
            0, 0, 255, 255,
            0, 255, 255, 255,
        },
        [2, 4, 4]);
}
