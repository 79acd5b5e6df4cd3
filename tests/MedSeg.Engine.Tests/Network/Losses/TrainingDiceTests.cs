using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;

namespace MedSeg.Tests.Network.Losses;

public sealed class TrainingDiceTests
{
    // ROI 1: as labelled; ROI 2: neither labelled nor found, found only, or labelled only.
    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(0, 2, 1, 2)]
    [InlineData(2, 0, 1, 2)]
    [InlineData(2, 2, 2, 2)]
    public void Rois_that_are_neither_labelled_nor_found_do_not_count(byte labelled, byte found, double sum, double count)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor labels = torch.tensor(new byte[] { 0, 1, 1, labelled }, [1, 2, 2]);
        torch.Tensor prediction = torch.tensor(new byte[] { 0, 1, 1, found }, [1, 2, 2]);
        torch.Tensor probabilities = torch.stack([prediction.eq(0), prediction.eq(1), prediction.eq(2)], 1).to(torch.ScalarType.Float32);

        double[] measured = [.. TrainingDice.Measure(new NetworkOutput(probabilities, 1), new LossTargets(labels, 2)).data<double>()];

        Assert.Equal(sum, measured[0], 1e-4);
        Assert.Equal(count, measured[1]);
    }

    [Fact]
    public void Score_is_that_of_the_probabilities_by_slice_and_ROI()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor p = torch.rand([3, 3, 5, 4], generator: new torch.Generator(2)).softmax(1);
        byte[] labels = [.. Enumerable.Range(0, 60).Select(i => (byte)(i / 7 % 3))];
        float[] values = [.. p.data<float>()];

        double[] measured = [.. TrainingDice.Measure(new NetworkOutput(p, 1), new LossTargets(torch.tensor(labels, [3, 5, 4]), 2)).data<double>()];

        double expected = 0;
        for (int slice = 0; slice < 3; slice++)
        {
            for (int roi = 1; roi < 3; roi++)
            {
                float[] plane = values[(((slice * 3) + roi) * 20)..][..20];
                double overlap = plane.Where((_, i) => labels[(slice * 20) + i] == roi).Sum(v => (double)v);
                double squares = plane.Sum(v => (double)v * v) + labels[(slice * 20)..][..20].Count(v => v == roi);
                expected += 2 * overlap / (squares + 1e-5);
            }
        }

        Assert.Equal(6, measured[1]);
        Assert.Equal(expected, measured[0], 1e-5);
    }
}
