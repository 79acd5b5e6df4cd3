using MedSeg.Data.Samples;
using MedSeg.Metrics;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Network.Losses;

public sealed class SegmentationLossTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<LossFunction> All => [.. Enum.GetValues<LossFunction>()];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Perfect_probabilities_have_no_loss(LossFunction function)
    {
        torch.Tensor labels = Labels();
        torch.Tensor perfect = torch.stack([labels.eq(0), labels.eq(1), labels.eq(2)], 1).to(torch.ScalarType.Float32);

        torch.Tensor loss = SegmentationLoss.Compute(function, Twice(perfect), new LossTargets(labels, 2));

        // Slice 2 does not have ROI 2, for which the published Dice is 0: a quarter of the mean of each stage.
        double missing = function is LossFunction.Dice or LossFunction.DiceCrossEntropy ? 0.5 : 0;
        Assert.Equal(missing, loss.item<float>(), 1e-4);
    }

    [Theory]
    [InlineData(LossFunction.Dice, false)]
    [InlineData(LossFunction.DiceCrossEntropy, true)]
    [InlineData(LossFunction.BatchDice, true)]
    [InlineData(LossFunction.BatchDiceCrossEntropy, true)]
    public void False_positives_of_an_ROI_that_a_slice_does_not_have_are_penalised_by_the_losses_that_promise_it(LossFunction function, bool isPenalised)
    {
        torch.Tensor logits = torch.zeros([2, 3, 4, 4], requires_grad: true);
        torch.Tensor p = logits.softmax(1);

        SegmentationLoss.Compute(function, Twice(p), new LossTargets(Labels(), 2)).backward();

        // Slice 2 has no ROI 2: there a greater logit of it must raise the loss. Where the slice has the other ROI, that one's own gradient is in the way.
        torch.Tensor ofAbsent = logits.grad![1, 2];
        double outside = ofAbsent.masked_select(Labels()[1].eq(0)).mean().item<float>();
        double published = GradientOfPublished();
        Assert.Equal(isPenalised, outside > published + 1e-6);
    }

    [Fact]
    public void Batch_Dice_is_that_of_all_slices_together()
    {
        torch.Tensor labels = Labels();
        torch.Tensor p = torch.rand([2, 3, 4, 4], generator: new torch.Generator(3)).softmax(1);

        float loss = SegmentationLoss.Compute(LossFunction.BatchDice, Twice(p), new LossTargets(labels, 2)).item<float>();

        double expected = 0;
        for (int roi = 1; roi <= 2; roi++)
        {
            float[] probabilities = p.narrow(1, roi, 1).contiguous().data<float>().ToArray();
            byte[] truth = labels.contiguous().data<byte>().ToArray();
            double both = probabilities.Where((_, i) => truth[i] == roi).Sum(v => (double)v);
            double squares = probabilities.Sum(v => (double)v * v) + truth.Count(v => v == roi);
            expected += (1 - (((2 * both) + 1) / (squares + 1))) / 2;
        }

        Assert.Equal(2 * expected, loss, 1e-5);
    }

    [Fact]
    public void Cross_entropy_is_the_mean_of_minus_the_logarithm()
    {
        torch.Tensor labels = Labels();
        torch.Tensor p = torch.rand([2, 3, 4, 4], generator: new torch.Generator(4)).softmax(1);

        float both = SegmentationLoss.Compute(LossFunction.DiceCrossEntropy, Twice(p), new LossTargets(labels, 2)).item<float>();
        float dice = SegmentationLoss.Compute(LossFunction.Dice, Twice(p), new LossTargets(labels, 2)).item<float>();

        float entropy = torch.nn.functional.nll_loss(p.log(), labels.to(torch.ScalarType.Int64)).item<float>();
        Assert.Equal(2 * entropy, both - dice, 1e-4);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Four_slices_are_learned_by_heart(LossFunction function)
    {
        const int size = 32;
        using var network = new PyramidNetwork(NetworkOptions.Published(size, 2) with { BaseWidth = 8, DropoutRate = 0 }, torch.CPU);
        network.Parameters.Initialize(1);
        using var optimizer = new AdamOptimizer(network.Parameters);
        (float[] images, byte[] labels) = FourSlices(size);
        var options = new TrainingOptions { Loss = function };
        double dice = 0;
        for (int step = 1; step <= 300 && dice <= 0.98; step++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(images, labels, 4, new InputShape(1, size), torch.CPU);
            _ = TrainingStep.Take(network.Train, optimizer, image, label, 2e-3, options);
            dice = step % 25 == 0 ? WorstDice(network, images, labels, size) : 0;
        }

        Assert.True(dice > 0.98, $"The Dice is {dice}.");
    }

    // As of the two stages of the pyramid.
    private static NetworkOutput[] Twice(torch.Tensor probabilities) => [new NetworkOutput(probabilities, 1), new NetworkOutput(probabilities, 1)];

    private static double WorstDice(PyramidNetwork network, float[] images, byte[] labels, int size)
    {
        (torch.Tensor image, _) = BatchSampler.ToTensors(images, labels, 4, new InputShape(1, size), torch.CPU);
        using IDisposable noGradient = torch.no_grad();
        byte[] found = [.. network.Predict(image).argmax(1).to(torch.ScalarType.Byte).data<byte>()];
        int plane = size * size;
        return Enumerable.Range(0, 8).Min(i => OverlapCounts.Of(labels.AsSpan(i / 2 * plane, plane), found.AsSpan(i / 2 * plane, plane), 2)[i % 2].Dice ?? 1);
    }

    // Two slices of 4 × 4: ROI 1 in both, ROI 2 in the first only.
    private static torch.Tensor Labels() => torch.tensor(
        new byte[] { 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, /**/ 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
        [2, 4, 4]);

    private static double GradientOfPublished()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor logits = torch.zeros([2, 3, 4, 4], requires_grad: true);
        torch.Tensor p = logits.softmax(1);
        SegmentationLoss.Compute(LossFunction.Dice, Twice(p), new LossTargets(Labels(), 2)).backward();
        return logits.grad![1, 2].masked_select(Labels()[1].eq(0)).mean().item<float>();
    }

    private static (float[] Images, byte[] Labels) FourSlices(int size)
    {
        float[] images = new float[4 * size * size];
        byte[] labels = new byte[images.Length];
        for (int i = 0; i < images.Length; i++)
        {
            (int slice, int y, int x) = (i / (size * size), i / size % size, i % size);
            bool first = Math.Pow(x - 9 - slice, 2) + Math.Pow(y - 10, 2) < 30;
            bool second = Math.Abs(x - 22) < 5 && Math.Abs(y - 18 + slice) < 5;
            labels[i] = first ? (byte)1 : second ? (byte)2 : (byte)0;
            images[i] = first ? 0.9f : second ? 0.55f : 0.2f;
        }

        return (images, labels);
    }
}
