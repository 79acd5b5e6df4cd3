using static TorchSharp.torch;

namespace MedSeg.Tensors;

/// <summary>Pointers to the memory of parameters on the CPU, which does not move during their lifetime.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Returns a pointer to the first value of a contiguous tensor.</summary>
    /// <param name="values">The values, contiguous float32.</param>
    public static float* Start(Tensor values)
    {
        fixed (byte* start = values.bytes)
        {
            return (float*)start;
        }
    }

    /// <summary>Returns a pointer to the first value of a contiguous tensor that may be too long for a span.</summary>
    /// <param name="values">The values, contiguous float32, [N].</param>
    public static float* StartOfLarge(Tensor values)
    {
        using Tensor first = values.narrow(0, 0, 1);
        return Start(first);
    }

    /// <summary>Returns the values of a tensor on the CPU, to read or to change them.</summary>
    /// <param name="values">The values, contiguous float32 on the CPU.</param>
    public static Span<float> Of(Tensor values) => new(Start(values), checked((int)values.numel()));

    /// <summary>Returns a pointer to the first weight of a convolution, in memory order [O, h, w, C].</summary>
    /// <param name="weights">The weights, [O, C, h, w] float32.</param>
    public static float* Weights(Tensor weights)
    {
        using Tensor channelsLast = weights.permute(0, 2, 3, 1);
        return Start(channelsLast);
    }
}
