using MedSeg.Devices;
using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>A computed convolution, which can compute the gradients of its input and parameters.</summary>
internal abstract class Conv2dNode : IDisposable
{
    /// <summary>Gets the values, [B, O, H, W] channels last in memory. The caller owns them, and may change them.</summary>
    public abstract ChannelsLastView Values { get; }

    /// <summary>Gets a value indicating whether the activation was already applied to the values.</summary>
    public abstract bool IsActivated { get; }

    /// <summary>Gets a value indicating whether <see cref="Backward"/> leaves the gradient of the bias to the caller.</summary>
    public abstract bool LeavesBias { get; }

    /// <summary>Convolves, and normalizes if the layer does.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The images.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="isTransposed">Whether the convolution is transposed.</param>
    /// <param name="wantsInput">Whether the gradient of the images is required.</param>
    /// <param name="path">What computes it.</param>
    /// <param name="storage">Where and how the values are stored.</param>
    /// <param name="activation">The activation that follows, which is applied at once if possible; or null.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    /// <param name="room">The channels to leave room for after those of each pixel, where nothing but the activation follows MedSeg's own convolution.</param>
    public static Conv2dNode Compute(LayerParameters layer, ChannelsLastView x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, ConvolutionPath path, ImageStorage storage, PReluEpilogue? activation = null, KeptWeights? kept = null, int room = 0)
    {
        PReluEpilogue? atOnce = layer.Norm is null ? activation : null;
        Conv2dNode node = path == ConvolutionPath.Torch
            ? new TorchConv2dNode(layer, x, geometry, isTransposed, wantsInput)
            : new Avx2Conv2dNode(layer.Pointers, x, geometry, isTransposed, wantsInput, path, storage with { KeepsValues = storage.KeepsValues || layer.Norm is not null }, atOnce, kept, layer.Norm is null ? room : 0);
        return layer.Norm is null ? node : new NormalizedConv2dNode(node, layer.Pointers, storage);
    }

    /// <summary>Computes the values again, bit-identical, with the activation if <see cref="IsActivated"/>.</summary>
    /// <param name="x">Returns the images, if the node needs them: what was normalized is kept.</param>
    /// <returns>The values, which the caller owns.</returns>
    /// <exception cref="NotSupportedException">Torch computes the convolution, and keeps the images.</exception>
    public abstract ChannelsLastView ComputeAgain(Func<ChannelsLastView> x);

    /// <summary>Gets a value indicating whether <see cref="Backward"/> can write the gradients of two images that were joined.</summary>
    public virtual bool CanSplit => false;

    /// <summary>Computes the gradients. Those of the parameters are added to their existing gradients.</summary>
    /// <param name="gradient">The gradient of the values, dense.</param>
    /// <param name="x">The images.</param>
    /// <param name="joined">Receives the gradient of the first channels; null if all of it is to be returned.</param>
    /// <returns>The gradient of the images or, with <paramref name="joined"/>, of their other channels, which the caller owns; null if it is not required.</returns>
    public abstract ChannelsLastView? Backward(ChannelsLastView gradient, ChannelsLastView x, JoinedGradient? joined = null);

    /// <inheritdoc/>
    public abstract void Dispose();
}
