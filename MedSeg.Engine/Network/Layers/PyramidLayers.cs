using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>What the stages of the network are built of. All images are [B, C, H, W].</summary>
internal abstract class PyramidLayers
{
    /// <summary>Convolves, then keeps what is above zero and multiplies the rest by its channel's slope.</summary>
    public abstract Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation);

    /// <summary>Convolves as <see cref="Convolve"/> does, adds another image, and drops out where the network trains.</summary>
    /// <param name="layer">The parameters.</param>
    /// <param name="x">What is convolved, with stride 1.</param>
    /// <param name="other">What is added: of the same channels, or of one that is added to all.</param>
    /// <param name="padding">The padding.</param>
    /// <param name="dilation">The dilation.</param>
    /// <param name="drops">Whether dropout follows.</param>
    public abstract Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor other, int padding, int dilation, bool drops);

    /// <summary>Doubles height and width by a transposed convolution, followed by PReLU.</summary>
    public abstract Tensor Upsample(in LayerParameters layer, Tensor x);

    /// <summary>Puts the channels of one image after those of another.</summary>
    public abstract Tensor Join(Tensor first, Tensor second);

    /// <summary>Convolves with a kernel of 1×1, and makes probabilities of each pixel's values (softmax).</summary>
    public abstract Tensor Map(Tensor weight, Tensor bias, Tensor x);

    /// <summary>Gives the same values to a stage that is differentiated apart from those before it.</summary>
    public abstract Tensor Pass(Tensor x);
}
