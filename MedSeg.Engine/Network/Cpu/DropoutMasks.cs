using MedSeg.Tensors;

namespace MedSeg.Network.Cpu;

/// <summary>The dropout masks of a pass, layer by layer, so that every way of computing on the CPU drops the same values.</summary>
/// <param name="rate">The fraction of values that are dropped.</param>
/// <param name="seed">The seed of the pass.</param>
internal sealed class DropoutMasks(double rate, ulong seed)
{
    private ulong _drawn;

    /// <summary>Returns the mask of the next layer.</summary>
    /// <param name="drops">Whether the layer has dropout in this pass.</param>
    /// <returns>The mask; null where nothing is dropped.</returns>
    public DropoutMask? Next(bool drops) => drops && rate > 0 ? new DropoutMask(rate, SampleRandom.Mix(seed + ++_drawn)) : null;
}
