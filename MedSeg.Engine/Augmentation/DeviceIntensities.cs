using MedSeg.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Augmentation;

/// <summary>
/// The transforms of <see cref="IntensityAugmentation"/> for a whole batch, as tensor operations, with separate parameters for each sample.
/// They use no convolutions or matrix products, so TF32 does not affect images.
/// </summary>
internal static class DeviceIntensities
{
    /// <summary>Blurs along rows, then along columns; values at the edge are repeated beyond it.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="kernels">The weights of each sample, [B, 2 R + 1] float32.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor Blur(Tensor images, Tensor kernels) => BlurAlong(BlurAlong(images, kernels, 2), kernels, 1);

    /// <summary>Adds normal noise.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="shares">The standard deviation of the noise, relative to that of each slice, [B, 1, 1] float64.</param>
    /// <param name="draws">The generator of the noise; null on the meta device.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor AddNoise(Tensor images, Tensor shares, Generator? draws)
    {
        Tensor fromMean = images.to(ScalarType.Float64).Minus(Mean(images));
        Tensor deviations = shares * (fromMean * fromMean).mean([1, 2], true).sqrt();
        return images.Plus(empty_like(images).normal_(0, 1, draws) * deviations.to(ScalarType.Float32));
    }

    /// <summary>Moves values away from or towards the mean, within their original range.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="factors">The factors, [B, 1, 1] float64; 1 leaves a sample bit-identical.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor ChangeContrast(Tensor images, Tensor factors)
    {
        Tensor mean = Mean(images);
        Tensor changed = (images.to(ScalarType.Float64).Minus(mean) * factors).Plus(mean).to(ScalarType.Float32);
        return changed.maximum(Minimum(images)).minimum(Maximum(images));
    }

    /// <summary>Raises values to a power within their range.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="gammas">The powers, [B, 1, 1] float64; 1 leaves a sample bit-identical.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor ChangeGamma(Tensor images, Tensor gammas)
    {
        Tensor low = Minimum(images).to(ScalarType.Float64);
        Tensor width = Maximum(images).to(ScalarType.Float64).Minus(low);

        // If all values are equal, each part is 0 and not 0 / 0.
        Tensor part = images.to(ScalarType.Float64).Minus(low).div(width.AtLeast(float.Epsilon));
        return (part.pow(gammas) * width).Plus(low).to(ScalarType.Float32);
    }

    /// <summary>Reduces the resolution: replaces the values within each larger pixel by their mean.</summary>
    /// <param name="images">The intensities, [B, S, S] float32.</param>
    /// <param name="cells">The number of larger pixels along a side, [B, 1] float64; S for a sample that is not changed.</param>
    /// <param name="longest">The side of the largest such pixel, in pixels.</param>
    /// <returns>[B, S, S] float32.</returns>
    public static Tensor Coarsen(Tensor images, Tensor cells, int longest)
    {
        // A quotient of integers in float64 is an integer only if the division is exact, so floor and ceil are exact.
        int size = (int)images.shape[2];
        Tensor cell = (TensorMath.Numbers(0, size, ScalarType.Float64, images.device) * cells).DividedBy(size).floor();
        Tensor first = cell.Times(size).div(cells).ceil();
        Tensor end = cell.Plus(1).Times(size).div(cells).ceil();
        return MeanAlong(MeanAlong(images, first, end, longest, 2), first, end, longest, 1);
    }

    // Weight by weight, in the order in which the CPU sums them.
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

    private static Tensor Minimum(Tensor images) => images.amin([1, 2], true);

    private static Tensor Maximum(Tensor images) => images.amax([1, 2], true);
}
