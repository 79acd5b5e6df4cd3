using static TorchSharp.torch;

namespace MedSeg.Tensors;

/// <summary>The memory of parameters on the processor, which stays where it is as long as they live.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Gives the first of values that lie one after the other.</summary>
    /// <param name="values">The values, float32.</param>
    public static float* Start(Tensor values)
    {
        fixed (byte* start = values.bytes)
        {
            return (float*)start;
        }
    }

    /// <summary>Gives the first of a convolution's weights, which lie as [O, h, w, C].</summary>
    /// <param name="weights">The weights, [O, C, h, w] float32.</param>
    public static float* Weights(Tensor weights)
    {
        using Tensor inOrder = weights.permute(0, 2, 3, 1);
        return Start(inOrder);
    }
}
