using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Tensors;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Training.Optimization;

/// <summary>The factor of the loss: when it changes, and which steps are taken.</summary>
public sealed class GradientScalerTests : IDisposable
{
    private readonly PyramidNetwork _network = new(NetworkOptions.Published(16, 1) with { BaseWidth = 1 }, torch.CPU);
    private readonly GradientScaler _scaler = new();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Gradients_are_divided_by_the_factor()
    {
        SetGradients(65536 * 0.75f);

        Assert.True(_scaler.Unscale(_network.Parameters));

        Assert.All(Gradients(), gradient => Assert.Equal(0.75f, gradient));
        Assert.Equal(new GradientScale(65536, 1), _scaler.State);
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void One_gradient_that_is_not_finite_halves_the_factor_and_the_step_is_not_taken(float value)
    {
        _scaler.State = new GradientScale(1024, 1999);
        SetGradients(1);
        using (torch.no_grad())
        using (torch.Tensor last = _network.Parameters.Gradients[^1])
        {
            last.Fill(value);
        }

        Assert.False(_scaler.Unscale(_network.Parameters));
        Assert.Equal(new GradientScale(512, 0), _scaler.State);
    }

    [Fact]
    public void Factor_doubles_after_2000_good_steps_in_a_row()
    {
        for (int step = 0; step < 1999; step++)
        {
            Assert.True(_scaler.Accept(_network.Parameters));
        }

        Assert.Equal(new GradientScale(65536, 1999), _scaler.State);
        Assert.True(_scaler.Accept(_network.Parameters));
        Assert.Equal(new GradientScale(131072, 0), _scaler.State);
    }

    [Fact]
    public void Gradients_that_are_never_finite_end_the_run()
    {
        SetGradients(float.NaN);
        int steps = 0;

        var error = Assert.Throws<MedSegException>(() =>
        {
            for (; steps < 100; steps++)
            {
                Assert.False(_scaler.Accept(_network.Parameters));
            }
        });

        Assert.Equal((ErrorIds.LossNotFinite, 32), (error.ErrorId, steps));
    }

    private void SetGradients(float value)
    {
        using IDisposable noGradient = torch.no_grad();
        _network.Parameters.Gradients.Fill(value);
    }

    private float[] Gradients() => [.. _network.Parameters.Gradients.data<float>()];
}
