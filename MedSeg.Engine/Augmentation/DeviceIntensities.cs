using MedSeg.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Augmentation;

/// <summary>
/// The transforms of <see cref="IntensityAugmentation"/> for a whole batch, by tensor operations, each sample with a parameter of its
/// own. No convolution and no product of matrices is among them, so that what is allowed for those changes no image.
/// </summary>
internal static class DeviceIntensities
{
    /// <summary>Blurs along rows, then along columns; beyond the edge the edge goes on.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="kernels">The weights of each sample, [B, 2 R + 1] float32.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor Blur(Tensor images, Tensor kernels) => BlurAlong(BlurAlong(images, kernels, 2), kernels, 1);

    /// <summary>Adds normal noise.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="shares">The noise's standard deviation, in those of each slice, [B, 1, 1] float64.</param>
    /// <param name="draws">What draws it; null where nothing can.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor AddNoise(Tensor images, Tensor shares, Generator? draws)
    {
        Tensor fromMean = images.to(ScalarType.Float64).Minus(Mean(images));
        Tensor deviations = shares * (fromMean * fromMean).mean([1, 2], true).sqrt();
        return images.Plus(empty_like(images).normal_(0, 1, draws) * deviations.to(ScalarType.Float32));
    }

    /// <summary>Moves values away from or towards the mean, within the range that they had.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="factors">The factors, [B, 1, 1] float64; 1 leaves a sample as it is, to the bit.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor ChangeContrast(Tensor images, Tensor factors)
    {
        Tensor mean = Mean(images);
        Tensor changed = (images.to(ScalarType.Float64).Minus(mean) * factors).Plus(mean).to(ScalarType.Float32);
        return changed.maximum(Least(images)).minimum(Greatest(images));
    }

    /// <summary>Raises values to a power within the range that they have.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="gammas">The powers, [B, 1, 1] float64; 1 leaves a sample as it is, to the bit.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor ChangeGamma(Tensor images, Tensor gammas)
    {
        Tensor low = Least(images).to(ScalarType.Float64);
        Tensor width = Greatest(images).to(ScalarType.Float64).Minus(low);

        // Where all values are one, each part is 0 and not 0 / 0.
        Tensor part = images.to(ScalarType.Float64).Minus(low).div(width.AtLeast(float.Epsilon));
        return (part.pow(gammas) * width).Plus(low).to(ScalarType.Float32);
    }

    /// <summary>Makes slices as coarse as if they had been taken with larger pixels: the mean of each, spread over it again.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="cells">The larger pixels of a side, [B, 1] float64; S for a sample that stays as it is.</param>
    /// <param name="longest">The pixels of a side of the largest.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor Coarsen(Tensor images, Tensor cells, int longest)
    {
        // Quotients of whole numbers in float64 are whole only where the numbers divide, so rounding them down and up is exact.
        int size = (int)images.shape[2];
        Tensor cell = (TensorMath.Numbers(0, size, ScalarType.Float64, images.device) * cells).DividedBy(size).floor();
        Tensor first = cell.Times(size).div(cells).ceil();
        Tensor end = cell.Plus(1).Times(size).div(cells).ceil();
        return MeanAlong(MeanAlong(images, first, end, longest, 2), first, end, longest, 1);
    }

    // Weight by weight, in the order of the processor's sum.
    private static Tensor BlurAlong(Tensor images, Tensor kernels, int dimension)
    {
        long size = images.shape[dimension];
        long length = kernels.shape[1];
        long reach = length / 2;
        long[] padding = dimension == 2 ? [reach, reach, 0, 0] : [0, 0, reach, reach];
        Tensor padded = functional.pad(images, padding, TorchSharp.PaddingModes.Replicate);
        Tensor Weight(long k) => kernels.narrow(1, k, 1).unsqueeze(2);
        Tensor sum = padded.narrow(dimension, 0, size) * Weight(0);
        for (long k = 1; k < length; k++)
        {
            sum.PlusProductInPlace(padded.narrow(dimension, k, size), Weight(k), 1);
        }

        return sum;
    }

    // The mean of first, first + 1 … end - 1 along a dimension, for each pixel of it, [B, S] float64.
    private static Tensor MeanAlong(Tensor images, Tensor first, Tensor end, int longest, int dimension)
    {
        int across = 3 - dimension;
        Tensor last = end.Plus(-1);
        Tensor sum = zeros_like(images);
        for (int i = 0; i < longest; i++)
        {
            Tensor at = first.Plus(i);
            Tensor index = at.minimum(last).to(ScalarType.Int64).unsqueeze(across).expand(images.shape);
            sum.PlusProductInPlace(images.gather(dimension, index), at.lt(end).to(ScalarType.Float32).unsqueeze(across), 1);
        }

        return sum.div(end.Minus(first).to(ScalarType.Float32).unsqueeze(across));
    }

    private static Tensor Mean(Tensor images) => images.mean([1, 2], true, ScalarType.Float64);

    private static Tensor Least(Tensor images) => images.amin([1, 2], true);

    private static Tensor Greatest(Tensor images) => images.amax([1, 2], true);
}
