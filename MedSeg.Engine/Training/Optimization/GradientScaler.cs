using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Training.Optimization;

/// <summary>
/// Multiplies the loss by a factor, and divides the gradients by it again, so that small gradients do not become zero in float16 (Micikevicius et al.
/// 2018, <em>Mixed Precision Training</em>). A step whose gradients overflowed is not taken and halves the factor; after 2,000 good steps the factor
/// doubles. These are the rules and numbers of PyTorch's GradScaler, which TorchSharp does not have. Looking at the gradients waits for the GPU once in each step.
/// </summary>
internal sealed class GradientScaler
{
    /// <summary>The number of good steps after which the factor doubles.</summary>
    internal const int GrowthInterval = 2000;

    // 32 halvings from the first factor: no gradient that is finite overflows that long.
    private const double Minimum = 1.0 / (1 << 16);

    /// <summary>Gets or sets the state.</summary>
    public GradientScale State { get; set; } = GradientScale.Initial;

    /// <summary>Divides gradients by the factor, and decides whether the step may be taken.</summary>
    /// <param name="parameters">The parameters, whose gradients are those of the scaled loss.</param>
    /// <returns>Whether all gradients are finite.</returns>
    /// <exception cref="MedSegException"><c>LossNotFinite</c>: the gradients stay NaN or infinite with ever smaller factors.</exception>
    public bool Unscale(NetworkParameters parameters)
    {
        using IDisposable noGradient = torch.no_grad();
        parameters.Gradients.TimesInPlace(1 / State.Scale);
        return Accept(parameters);
    }

    /// <summary>Decides whether a step may be taken whose gradients were divided by the factor already, and adapts the factor.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <returns>Whether all gradients are finite.</returns>
    /// <exception cref="MedSegException"><c>LossNotFinite</c>: the gradients stay NaN or infinite with ever smaller factors.</exception>
    public bool Accept(NetworkParameters parameters)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        bool isFinite = parameters.Gradients.isfinite().all().cpu().item<bool>();
        State = isFinite
            ? State.GoodSteps + 1 == GrowthInterval ? new GradientScale(State.Scale * 2, 0) : State with { GoodSteps = State.GoodSteps + 1 }
            : new GradientScale(State.Scale / 2, 0);
        return State.Scale >= Minimum ? isFinite : throw new MedSegException(
            ErrorKind.InvalidData, ErrorIds.LossNotFinite, "The gradients stay NaN or infinite, whatever the loss is multiplied by. The last checkpoint was saved before this.")
        {
            Advice = "Start anew with a lower -LearningRate, or with -Precision Float32.",
        };
    }
}
