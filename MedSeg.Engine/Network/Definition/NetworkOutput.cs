using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>An output of a network that the loss compares with the labels.</summary>
/// <param name="Probabilities">The probabilities, [B, K + 1, s, s], background first, where s is S or a whole fraction of it.</param>
/// <param name="Weight">The weight in the loss. The weights of a network's outputs add up to 2, so that losses are comparable.</param>
internal readonly record struct NetworkOutput(Tensor Probabilities, double Weight)
{
    /// <summary>Gets memory for the gradient of the probabilities, of the same shape, with undefined values; null where the loss allocates it.</summary>
    public Tensor? GradientMemory { get; init; }
}
