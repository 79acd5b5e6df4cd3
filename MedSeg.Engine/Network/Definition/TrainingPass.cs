using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>The outputs of a network for a batch, and the backward pass from a loss to the gradients of the parameters.</summary>
internal sealed class TrainingPass : IDisposable
{
    private readonly Action? _afterBackward;
    private readonly IDisposable? _owned;

    /// <summary>Initializes a new instance of the <see cref="TrainingPass"/> class.</summary>
    /// <param name="outputs">The outputs that the loss is computed of; the last one is the network's result.</param>
    /// <param name="afterBackward">What remains to be done once torch has computed the gradients of the loss; null for nothing.</param>
    /// <param name="owned">What is disposed of with the pass; null for nothing more.</param>
    public TrainingPass(IReadOnlyList<NetworkOutput> outputs, Action? afterBackward = null, IDisposable? owned = null)
    {
        Outputs = outputs;
        _afterBackward = afterBackward;
        _owned = owned;
    }

    /// <summary>Gets the outputs; the last one is the network's result, [B, K + 1, S, S].</summary>
    public IReadOnlyList<NetworkOutput> Outputs { get; }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="loss">A scalar that torch computed of all outputs.</param>
    public void Backward(Tensor loss)
    {
        loss.backward();
        _afterBackward?.Invoke();
    }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="gradients">The gradient of each output.</param>
    public void Backward(IReadOnlyList<Tensor> gradients)
    {
        autograd.backward([.. Outputs.Select(output => output.Probabilities)], [.. gradients]);
        _afterBackward?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NetworkOutput output in Outputs)
        {
            output.Probabilities.Dispose();
        }

        _owned?.Dispose();
    }
}
