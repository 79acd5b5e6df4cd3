using MedSeg.Devices;
using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>The outputs of a network for a batch, and the backward pass from a loss to the gradients of the parameters.</summary>
internal sealed class TrainingPass : IDisposable
{
    private readonly Action<IReadOnlyList<Tensor?>>? _backward;
    private readonly Action? _afterBackward;
    private readonly IDisposable? _owned;

    /// <summary>Initializes a new instance of the <see cref="TrainingPass"/> class for outputs that torch differentiates.</summary>
    /// <param name="outputs">The outputs that the loss is computed of; the last one is the network's result.</param>
    /// <param name="afterBackward">What remains to be done once torch has computed the gradients of the parameters; null for nothing.</param>
    public TrainingPass(IReadOnlyList<NetworkOutput> outputs, Action? afterBackward = null) => (Outputs, _afterBackward) = (outputs, afterBackward);

    /// <summary>Initializes a new instance of the <see cref="TrainingPass"/> class for outputs that torch does not differentiate.</summary>
    /// <param name="outputs">The outputs that the loss is computed of; the last one is the network's result.</param>
    /// <param name="backward">Adds to the gradients of the parameters, from the gradient of each output; null for an output that the loss does not depend on.</param>
    /// <param name="owned">What is disposed of with the pass.</param>
    public TrainingPass(IReadOnlyList<NetworkOutput> outputs, Action<IReadOnlyList<Tensor?>> backward, IDisposable owned) =>
        (Outputs, _backward, _owned) = (outputs, backward, owned);

    /// <summary>Gets the outputs; the last one is the network's result, [B, K + 1, S, S].</summary>
    public IReadOnlyList<NetworkOutput> Outputs { get; }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="loss">A scalar that torch computed of the outputs.</param>
    public void Backward(Tensor loss)
    {
        using (TorchThreads.All(loss.device))
        {
            loss.backward();
        }

        if (_backward is not null)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            _backward([.. Outputs.Select(output => output.Probabilities.grad)]);
        }

        _afterBackward?.Invoke();
    }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="gradients">The gradient of each output.</param>
    public void Backward(IReadOnlyList<Tensor> gradients)
    {
        if (_backward is not null)
        {
            _backward(gradients);
        }
        else
        {
            using IDisposable? threads = TorchThreads.All(gradients[0].device);
            autograd.backward([.. Outputs.Select(output => output.Probabilities)], [.. gradients]);
        }

        _afterBackward?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NetworkOutput output in Outputs)
        {
            output.Probabilities.Dispose();
            output.GradientMemory?.Dispose();
        }

        _owned?.Dispose();
    }
}
