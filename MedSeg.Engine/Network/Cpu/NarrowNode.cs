using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A part of the network that torch computes and differentiates, independently of all others.</summary>
internal sealed class NarrowNode : IDisposable
{
    private readonly NarrowImage _x;
    private readonly Tensor _input;
    private readonly Tensor _result;

    /// <summary>Initializes a new instance of the <see cref="NarrowNode"/> class: computes the part.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="compute">Computes it.</param>
    /// <param name="keepsResult">Whether torch requires the values of the result to differentiate the part.</param>
    public NarrowNode(NarrowImage x, Func<Tensor, Tensor> compute, bool keepsResult)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable withGradient = enable_grad();
        _x = x;
        _input = x.Values.detach().DetachFromDisposeScope();
        _input.requires_grad = x.WantsGradient;
        _result = compute(_input).DetachFromDisposeScope();
        Values = _result.detach().DetachFromDisposeScope();
        if (!keepsResult)
        {
            // The values live on in what the caller makes of them, or are replaced in place.
            using IDisposable noGradient = no_grad();
            using Tensor empty = zeros(1, _result.dtype);
            using Tensor same = empty.expand(_result.shape);
            _result.set_(same);
        }
    }

    /// <summary>Gets the values of the result, without gradient, which the caller owns and may change if torch does not require them.</summary>
    public Tensor Values { get; }

    /// <summary>Adds to the gradients of the input and of the parameters.</summary>
    /// <param name="gradient">The gradient of the result.</param>
    public void Backward(Tensor gradient)
    {
        _result.backward([gradient]);
        if (_x.WantsGradient)
        {
            _x.AddGradient(_input.grad!.DetachFromDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _result.Dispose();
        _input.Dispose();
    }
}
