using MedSeg.Network.Definition;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>A copy of weights and moments at the start of an epoch, on the same device: a run that fails within the epoch saves it.</summary>
internal sealed class TrainingSnapshot : IDisposable
{
    private readonly AdamOptimizer _optimizer;
    private readonly (torch.Tensor Live, torch.Tensor Kept)[] _pairs;
    private readonly GradientScaler? _scaler;
    private long _steps;
    private GradientScale? _scale;

    public TrainingSnapshot(NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average, GradientScaler? scaler = null)
    {
        _optimizer = optimizer;
        _scaler = scaler;
        torch.Tensor[] live = [parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment, .. average is null ? (torch.Tensor[])[] : [average.Values]];
        _pairs = [.. live.Select(t => (t, torch.empty_like(t).DetachFromDisposeScope()))];
    }

    /// <summary>Copies the current weights and moments.</summary>
    public void Take()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach ((torch.Tensor live, torch.Tensor kept) in _pairs)
        {
            kept.copy_(live);
        }

        _steps = _optimizer.Steps;
        _scale = _scaler?.State;
    }

    /// <summary>Restores the copy.</summary>
    public void Restore()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach ((torch.Tensor live, torch.Tensor kept) in _pairs)
        {
            live.copy_(kept);
        }

        _optimizer.Steps = _steps;
        if (_scaler is not null)
        {
            _scaler.State = _scale!;
        }
    }

    public void Dispose()
    {
        foreach ((_, torch.Tensor kept) in _pairs)
        {
            kept.Dispose();
        }
    }
}
