using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;

namespace MedSeg.Tests.Network.Losses;

/// <summary>Slices on which only some ROIs were drawn: in the second one, ROI 2 was not.</summary>
public sealed class PartialLabelLossTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<LossFunction> All => [.. Enum.GetValues<LossFunction>()];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Probability_may_move_between_background_and_an_ROI_that_was_not_drawn(LossFunction function)
    {
        Assert.Equal(Loss(function, moved: 0, Drawn()), Loss(function, moved: 0.1f, Drawn()), 1e-6);
        bool isPenalised = Math.Abs(Loss(function, 0, null) - Loss(function, 0.1f, null)) > 1e-4;
        Assert.Equal(function != LossFunction.Dice, isPenalised);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Without_partial_slices_the_loss_is_the_usual_one(LossFunction function) =>
        Assert.Equal(Loss(function, 0.1f, null), Loss(function, 0.1f, torch.ones([2, 2])), 1e-6);

    [Fact]
    public void Dice_is_the_mean_over_the_ROIs_that_were_drawn()
    {
        torch.Tensor scores = DiceLoss.Scores(Probabilities(0), new LossTargets(Labels(), 2).At(new NetworkOutput(Probabilities(0), 1)));
        float[] d = [.. scores.data<float>()];

        Assert.Equal(1 - ((d[0] + d[1] + d[2]) / 3), Loss(LossFunction.Dice, 0, Drawn()), 1e-6);
    }

    [Fact]
    public void Training_Dice_leaves_out_ROIs_that_were_not_drawn()
    {
        // As if the network found ROI 2 in the second slice.
        torch.Tensor p = Probabilities(0).clone();
        p[1, 2, 0, 0] = 0.99f;

        double Count(torch.Tensor? drawn) => TrainingDice.Measure(new NetworkOutput(p, 1), new LossTargets(Labels(), 2, drawn: drawn)).data<double>()[1];

        Assert.Equal((4, 3), (Count(null), Count(Drawn())));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Slices_of_which_nothing_was_drawn_have_a_finite_loss(LossFunction function) =>
        Assert.True(float.IsFinite(Loss(function, 0, torch.zeros([2, 2]))));

    private static float Loss(LossFunction function, float moved, torch.Tensor? drawn) =>
        SegmentationLoss.Compute(function, [new NetworkOutput(Probabilities(moved), 1)], new LossTargets(Labels(), 2, drawn: drawn)).item<float>();

    private static torch.Tensor Drawn() => torch.tensor(new float[] { 1, 1, 1, 0 }, [2, 2]);

    // Of the second slice, a part of the background's probability is moved to ROI 2 in all pixels of the background.
    private static torch.Tensor Probabilities(float moved)
    {
        torch.Tensor p = torch.rand([2, 3, 4, 4], generator: new torch.Generator(3)).softmax(1);
        torch.Tensor background = Labels()[1].eq(0).to(torch.ScalarType.Float32);
        p[1, 0] = p[1, 0] - (background * moved);
        p[1, 2] = p[1, 2] + (background * moved);
        return p;
    }

    private static torch.Tensor Labels() => torch.tensor(
        new byte[] { 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, /**/ 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
        [2, 4, 4]);
}
