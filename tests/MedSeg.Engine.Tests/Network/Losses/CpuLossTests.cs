using MedSeg.Labels;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;

namespace MedSeg.Tests.Network.Losses;

/// <summary>The loss on the CPU, its gradients and the reported Dice are those that torch computes.</summary>
public sealed class CpuLossTests : IDisposable
{
    private const int Rois = 3;
    private const int Side = 48;
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<LossFunction, bool, bool> All =>
        [.. from function in Enum.GetValues<LossFunction>() from ignores in new[] { false, true } from isPartial in new[] { false, true } select (function, ignores, isPartial)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Loss_gradients_and_Dice_are_those_of_torch(LossFunction function, bool ignores, bool isPartial) =>
        AssertEqualsTorch(function, Rois, Labels(ignores), ignores, isPartial ? torch.tensor(new float[] { 1, 1, 1, 1, 0, 1 }, [2, Rois]) : null);

    // The kernels take eight channels at once.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    public void Any_number_of_ROIs_gives_the_loss_of_torch(int rois) =>
        AssertEqualsTorch(LossFunction.DiceCrossEntropy, rois, Labels(ignores: true, rois), ignores: true, drawn: null);

    [Fact]
    public void Probabilities_may_have_any_memory_order()
    {
        torch.Tensor p = Probabilities(Side, 3).detach();
        torch.Tensor wide = torch.zeros(2, Side, Side, Rois + 4);
        torch.Tensor part = wide.narrow(3, 1, Rois + 1).permute(0, 3, 1, 2);
        part.copy_(p);

        double[] losses = [.. new[] { p, part }.Select(q => CpuLoss.Compute(LossFunction.DiceCrossEntropy, [new NetworkOutput(q, 1)], Labels(false), null, out _).Loss)];

        Assert.Equal(losses[0], losses[1]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_batch_in_which_nothing_is_known_has_a_finite_loss_and_no_gradient(LossFunction function, bool ignores, bool isPartial)
    {
        torch.Tensor labels = torch.full([2, Side, Side], ignores ? IgnoredPixels.Number : 0, torch.ScalarType.Byte);
        torch.Tensor? drawn = isPartial ? torch.zeros([2, Rois]) : null;

        (double loss, _, _) = CpuLoss.Compute(function, [new NetworkOutput(Probabilities(Side, 4), 1)], labels, drawn, out IReadOnlyList<torch.Tensor> gradients);

        Assert.True(double.IsFinite(loss));
        Assert.True(gradients[0].isfinite().all().item<bool>());
        Assert.True(!ignores || gradients[0].eq(0).all().item<bool>());
    }

    private static void AssertEqualsTorch(LossFunction function, int rois, torch.Tensor labels, bool ignores, torch.Tensor? drawn)
    {
        torch.Tensor[] probabilities = [Probabilities(Side / 4, 1, rois), Probabilities(Side, 2, rois)];
        NetworkOutput[] outputs = [new(probabilities[0], 0.5), new(probabilities[1], 1.5)];
        var targets = new LossTargets(labels, rois, ignores, drawn);
        torch.Tensor expected = SegmentationLoss.Compute(function, outputs, targets);
        expected.backward();
        double[] dice = [.. TrainingDice.Measure(outputs[^1], targets).data<double>()];

        (double loss, double sum, double count) = CpuLoss.Compute(function, outputs, labels, drawn, out IReadOnlyList<torch.Tensor> gradients);

        Assert.Equal(expected.item<float>(), loss, 2e-6);
        Assert.Equal(dice[0], sum, 2e-6);
        Assert.Equal(dice[1], count);
        for (int i = 0; i < outputs.Length; i++)
        {
            torch.Tensor truth = probabilities[i].grad!;
            double largest = truth.abs().max().item<float>();
            Assert.InRange((gradients[i] - truth).abs().max().item<float>(), 0, 2e-6 * largest);
        }
    }

    private static torch.Tensor Probabilities(int side, long seed, int rois = Rois) =>
        torch.randn([2, rois + 1, side, side], generator: new torch.Generator((ulong)seed)).softmax(1).detach().requires_grad_();

    // Blocks of 3 × 3 pixels, so that the reduced labels have ties; the last ROI is in neither slice.
    private static torch.Tensor Labels(bool ignores, int rois = Rois)
    {
        torch.Tensor coarse = torch.randint(0, rois, [2, Side / 3, Side / 3], generator: new torch.Generator(5)).to(torch.ScalarType.Byte);
        torch.Tensor labels = coarse.repeat_interleave(3, 1).repeat_interleave(3, 2);
        if (ignores)
        {
            labels.narrow(1, 5, 13).fill_(IgnoredPixels.Number);
        }

        return labels;
    }
}
