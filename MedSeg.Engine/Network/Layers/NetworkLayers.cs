using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The building blocks of networks. All images are [B, C, H, W], and no result is used more than twice.</summary>
internal abstract class NetworkLayers
{
    /// <summary>Convolves, normalizes if the layer does, then applies PReLU.</summary>
    public abstract Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation);

    /// <summary>Convolves as <see cref="Convolve"/> does, adds another image if there is one, and applies dropout in training.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The image to convolve, with stride 1.</param>
    /// <param name="other">The image to add, with the same number of channels, or with one channel that is added to all; null for none.</param>
    /// <param name="padding">The padding.</param>
    /// <param name="dilation">The dilation.</param>
    /// <param name="drops">Whether dropout follows.</param>
    public abstract Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor? other, int padding, int dilation, bool drops);

    /// <summary>Doubles height and width by a transposed convolution, followed by what follows <see cref="Convolve"/>.</summary>
    public abstract Tensor Upsample(in LayerParameters layer, Tensor x);

    /// <summary>Concatenates the channels of two images.</summary>
    public abstract Tensor Join(Tensor first, Tensor second);

    /// <summary>Convolves with a 1×1 kernel, and converts the values of each pixel to probabilities (softmax).</summary>
    public abstract Tensor Map(Tensor weight, Tensor bias, Tensor x);

    /// <summary>Passes values on to a stage that is differentiated separately from those before it.</summary>
    public abstract Tensor Pass(Tensor x);
}
