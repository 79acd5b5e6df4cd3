using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The building blocks of networks. All images are [B, C, H, W], and no result is used more than twice.</summary>
/// <typeparam name="TImage">What holds an image while the network is computed.</typeparam>
internal abstract class NetworkLayers<TImage>
    where TImage : class
{
    /// <summary>Takes an image in, which is not changed.</summary>
    public abstract TImage Input(Tensor image);

    /// <summary>Returns probabilities, for the loss or as the result.</summary>
    public abstract Tensor Output(TImage probabilities);

    /// <summary>Convolves, normalizes if the layer does, then applies PReLU.</summary>
    public abstract TImage Convolve(LayerParameters layer, TImage x, int stride, int padding, int dilation);

    /// <summary>Convolves as <see cref="Convolve"/> does, adds another image if there is one, and applies dropout in training.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The image to convolve, with stride 1.</param>
    /// <param name="other">The image to add, with the same number of channels, or with one channel that is added to all; null for none.</param>
    /// <param name="padding">The padding.</param>
    /// <param name="dilation">The dilation.</param>
    /// <param name="drops">Whether dropout follows.</param>
    public abstract TImage ConvolveAndAdd(LayerParameters layer, TImage x, TImage? other, int padding, int dilation, bool drops);

    /// <summary>Doubles height and width by a transposed convolution, followed by what follows <see cref="Convolve"/>.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">The image.</param>
    /// <param name="next">The image that will be the second one of <see cref="Join"/>, with the result as the first.</param>
    public abstract TImage Upsample(LayerParameters layer, TImage x, TImage next);

    /// <summary>Concatenates the channels of two images.</summary>
    public abstract TImage Join(TImage first, TImage second);

    /// <summary>Convolves with a 1×1 kernel, and converts the values of each pixel to probabilities (softmax).</summary>
    public abstract TImage Map(LayerParameters layer, TImage x);

    /// <summary>Halves height and width, which are even, by bilinear interpolation.</summary>
    public abstract TImage Shrink(TImage x);

    /// <summary>Doubles height and width by bilinear interpolation.</summary>
    public abstract TImage Enlarge(TImage x);

    /// <summary>Says that an image is an input of no further block. Its memory is freed, or kept for the backward pass.</summary>
    public abstract void Release(TImage x);
}
