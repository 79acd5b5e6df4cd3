using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>A convolution that was computed, and the way back to the gradients of its input and parameters.</summary>
internal abstract class Convolution : IDisposable
{
    /// <summary>Gets the values, [B, O, H, W] with their channels last in memory. They are the caller's, to change and to dispose of.</summary>
    public abstract PixelRows Values { get; }

    /// <summary>Gets a value indicating whether the values are those after the activation that was given.</summary>
    public abstract bool IsActivated { get; }

    /// <summary>Gets a value indicating whether <see cref="Backward"/> leaves the gradient of the bias to the caller.</summary>
    public abstract bool LeavesBias { get; }

    /// <summary>Convolves.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The images, [B, C, H, W]; they must be there still on the way back.</param>
    /// <param name="form">How the result sees the images; or the images the result, where it is transposed.</param>
    /// <param name="isTransposed">Whether the convolution is transposed.</param>
    /// <param name="wantsInput">Whether the gradient of the images is wanted.</param>
    /// <param name="usesKernel">Whether <see cref="ConvolutionKernel"/> computes it, and not torch.</param>
    /// <param name="activation">What follows, to be computed at once where that is possible; or null.</param>
    public static Convolution Compute(in LayerParameters layer, Tensor x, in ConvolutionForm form, bool isTransposed, bool wantsInput, bool usesKernel, Activation? activation = null) =>
        usesKernel
            ? new KernelConvolution(layer, x, form, isTransposed, wantsInput, activation)
            : new TorchConvolution(layer, x, form, isTransposed, wantsInput);

    /// <summary>Computes the gradients. Those of the parameters are added to what is there.</summary>
    /// <param name="gradient">The gradient of the values, dense.</param>
    /// <returns>The gradient of the images; null where it is not wanted, or was added to their own.</returns>
    public abstract Tensor? Backward(PixelRows gradient);

    /// <inheritdoc/>
    public abstract void Dispose();
}
