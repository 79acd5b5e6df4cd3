using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Training.Optimization;

/// <summary>
/// An exponential moving average (EMA) of the weights, which often generalises better than the last ones (Polyak and Juditsky 1992). Its
/// decay is lower in the first steps, so that the random initial weights are soon forgotten.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly NetworkParameters _parameters;
    private readonly double _decay;
    private readonly torch.Tensor _kept;

    public WeightAverage(NetworkParameters parameters, double decay)
    {
        _parameters = parameters;
        _decay = decay;
        Values = torch.zeros_like(parameters.Values).DetachFromDisposeScope();
        _kept = torch.zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>Gets the average, [N].</summary>
    public torch.Tensor Values { get; }

    /// <summary>Updates the average with the weights of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    public void Update(long step)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        double decay = Math.Min(_decay, step / (step + 10.0));
        if (step == 1)
        {
            Values.copy_(_parameters.Values);
        }

        Values.TimesInPlace(decay).PlusInPlace(_parameters.Values, 1 - decay);
    }

    /// <summary>Puts the average in place of the weights until the returned object is disposed of.</summary>
    public IDisposable Use()
    {
        using IDisposable noGradient = torch.no_grad();
        _kept.copy_(_parameters.Values);
        _parameters.Values.copy_(Values);
        return new Return(this);
    }

    public void Dispose()
    {
        Values.Dispose();
        _kept.Dispose();
    }

    private sealed class Return(WeightAverage average) : IDisposable
    {
        public void Dispose()
        {
            using IDisposable noGradient = torch.no_grad();
            average._parameters.Values.copy_(average._kept);
        }
    }
}
