using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>The probabilities of a batch, and the backward pass from a loss to the gradients of the parameters.</summary>
internal sealed class TrainingPass : IDisposable
{
    private readonly Action? _afterBackward;
    private readonly IDisposable? _owned;

    /// <summary>Initializes a new instance of the <see cref="TrainingPass"/> class.</summary>
    /// <param name="stage1">The probabilities of stage 1.</param>
    /// <param name="stage2">The probabilities of stage 2.</param>
    /// <param name="afterBackward">What remains to be done once torch has computed the gradients of the loss; null for nothing.</param>
    /// <param name="owned">What is disposed of with the pass; null for nothing more.</param>
    public TrainingPass(Tensor stage1, Tensor stage2, Action? afterBackward = null, IDisposable? owned = null)
    {
        Stage1 = stage1;
        Stage2 = stage2;
        _afterBackward = afterBackward;
        _owned = owned;
    }

    /// <summary>Gets the probabilities of stage 1, [B, K + 1, S, S].</summary>
    public Tensor Stage1 { get; }

    /// <summary>Gets the probabilities of stage 2, [B, K + 1, S, S].</summary>
    public Tensor Stage2 { get; }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="loss">A scalar that torch computed of both probabilities.</param>
    public void Backward(Tensor loss)
    {
        loss.backward();
        _afterBackward?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stage1.Dispose();
        Stage2.Dispose();
        _owned?.Dispose();
    }
}
