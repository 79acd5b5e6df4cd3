using MedSeg.Network.Definition;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>Weighted sums over the outputs of a network.</summary>
internal static class OutputWeights
{
    /// <summary>Multiplies by a weight; the weight 1 leaves the value as it is.</summary>
    public static Tensor Weighted(this Tensor value, double weight) => weight == 1 ? value : value.Times(weight);

    /// <summary>Adds up a value of each output times the weight of the output.</summary>
    /// <param name="outputs">The outputs, at least one.</param>
    /// <param name="valueOf">Computes the value of an output.</param>
    public static Tensor Total(this IReadOnlyList<NetworkOutput> outputs, Func<NetworkOutput, Tensor> valueOf)
    {
        Tensor total = valueOf(outputs[0]).Weighted(outputs[0].Weight);
        foreach (NetworkOutput output in outputs.Skip(1))
        {
            total = total.Plus(valueOf(output).Weighted(output.Weight));
        }

        return total;
    }
}
