using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Training.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) on the flat parameters: a few operations per step for any number of layers. Computes the same
/// as PyTorch's <c>torch.optim.Adam</c> with its defaults.
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private readonly NetworkParameters _parameters;

    public AdamOptimizer(NetworkParameters parameters)
    {
        _parameters = parameters;
        FirstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>Gets the parameters that the optimiser changes.</summary>
    public NetworkParameters Parameters => _parameters;

    /// <summary>Gets the running mean of the gradients, [N].</summary>
    public Tensor FirstMoment { get; }

    /// <summary>Gets the running mean of the squared gradients, [N].</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Gets or sets the number of steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Moves the parameters one step against their gradients.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="clip">The value to which the global gradient norm is clipped; 0 for no clipping.</param>
    public void Step(double learningRate, double clip = 0)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long step = Steps + 1;
        Tensor gradients = _parameters.Gradients;
        if (clip > 0)
        {
            // Stays on the device: nothing waits for the norm.
            gradients.mul_(gradients.norm().Plus(1e-6).reciprocal().Times(clip).AtMost(1));
        }

        double rate = learningRate / (1 - Math.Pow(Beta1, step));
        double root = Math.Sqrt(1 - Math.Pow(Beta2, step));
        if (gradients.device_type == DeviceType.CPU)
        {
            AdamKernel.Step(_parameters.Values, gradients, FirstMoment, SecondMoment, (Beta1, Beta2, Epsilon), (float)rate, (float)root);
        }
        else
        {
            StepByTorch(gradients, rate, root);
        }

        Steps = step;
    }

    /// <summary>Takes a step with torch's operations, which work on every device.</summary>
    /// <param name="gradients">The gradients, [N].</param>
    /// <param name="rate">The learning rate, corrected for the bias of the first moment towards zero.</param>
    /// <param name="root">The square root of the bias correction of the second moment.</param>
    internal void StepByTorch(Tensor gradients, double rate, double root)
    {
        FirstMoment.TimesInPlace(Beta1).PlusInPlace(gradients, 1 - Beta1);
        SecondMoment.TimesInPlace(Beta2).PlusProductInPlace(gradients, gradients, 1 - Beta2);
        Tensor denominator = SecondMoment.sqrt().DividedInPlace(root).PlusInPlace(Epsilon);
        _parameters.Values.PlusQuotientInPlace(FirstMoment, denominator, -rate);
    }

    /// <summary>Sets the gradients to zero.</summary>
    public void ZeroGradients()
    {
        using IDisposable noGradient = no_grad();
        _parameters.Gradients.zero_();
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
