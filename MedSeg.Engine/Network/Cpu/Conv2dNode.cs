using MedSeg.Network.Layers;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that was computed, and the way back to the gradients of its input and parameters.</summary>
internal abstract class Conv2dNode : IDisposable
{
    /// <summary>Gets the values, [B, O, H, W] with their channels last in memory. They are the caller's, to change and to dispose of.</summary>
    public abstract ChannelsLastView Values { get; }

    /// <summary>Gets a value indicating whether the values are those after the activation that was given.</summary>
    public abstract bool IsActivated { get; }

    /// <summary>Gets a value indicating whether <see cref="Backward"/> leaves the gradient of the bias to the caller.</summary>
    public abstract bool LeavesBias { get; }

    /// <summary>Convolves.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The images, [B, C, H, W]; they must be there still on the way back.</param>
    /// <param name="geometry">How the result sees the images; or the images the result, where it is transposed.</param>
    /// <param name="isTransposed">Whether the convolution is transposed.</param>
    /// <param name="wantsInput">Whether the gradient of the images is wanted.</param>
    /// <param name="usesKernel">Whether <see cref="Avx2Conv2d"/> computes it, and not torch.</param>
    /// <param name="activation">What follows, to be computed at once where that is possible; or null.</param>
    public static Conv2dNode Compute(in LayerParameters layer, Tensor x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, bool usesKernel, PReluEpilogue? activation = null) =>
        usesKernel
            ? new Avx2Conv2dNode(layer, x, geometry, isTransposed, wantsInput, activation)
            : new TorchConv2dNode(layer, x, geometry, isTransposed, wantsInput);

    /// <summary>Computes the gradients. Those of the parameters are added to what is there.</summary>
    /// <param name="gradient">The gradient of the values, dense.</param>
    /// <returns>The gradient of the images; null where it is not wanted, or was added to their own.</returns>
    public abstract Tensor? Backward(ChannelsLastView gradient);

    /// <inheritdoc/>
    public abstract void Dispose();
}
