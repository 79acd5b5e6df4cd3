using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Chooses between direct and Winograd convolutions. The choice depends on the shape only, so a run has the same result on every CPU with AVX2. The unit of
/// costs is a multiplication and addition in the innermost loop; the factors were measured with all shapes of the published networks of
/// 32 to 256 pixels (<c>benchmarks/MedSeg.Benchmarks -- convolutions</c>).
/// </summary>
internal static class WinogradChoice
{
    private const int Vector = 8;

    // What transforms cost: for a channel of a tile, in and out together; and for a pair of channels.
    private const double TileCost = 500;
    private const double PairCost = WinogradSize.Points * 20;

    // The same of weight gradients.
    private const double GradientTileCost = 400;
    private const double GradientPairCost = WinogradSize.Points * 40;

    // Where the costs are about the same, direct convolutions take less memory.
    private const double Margin = 1.1;

    /// <summary>Returns whether <see cref="WinogradConv2d"/> computes a convolution or the gradient of its input; otherwise <see cref="Avx2Conv2d"/>.</summary>
    /// <param name="path">What computes convolutions.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="image">An image of the size.</param>
    /// <param name="inputs">The number of channels that are read.</param>
    /// <param name="outputs">The number of channels that are computed.</param>
    public static bool IsChosen(ConvolutionPath path, in Conv2dGeometry geometry, ChannelsLastView image, int inputs, int outputs) =>
        IsChosen(path, geometry, image, (double)inputs * Padded(outputs), TileCost * (Padded(inputs) + Padded(outputs)), PairCost, image.Pixels * geometry.Taps * (double)inputs * Padded(outputs));

    /// <summary>Returns whether <see cref="WinogradWeightGradient"/> computes the gradient of the weights; otherwise <see cref="Avx2WeightGradient"/>.</summary>
    /// <param name="path">What computes convolutions.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="image">An image of the size.</param>
    /// <param name="inputs">The number of input channels of the convolution.</param>
    /// <param name="outputs">The number of output channels of the convolution.</param>
    public static bool IsChosenForWeights(ConvolutionPath path, in Conv2dGeometry geometry, ChannelsLastView image, int inputs, int outputs) =>
        IsChosen(path, geometry, image, (double)Padded(inputs) * Padded(outputs), GradientTileCost * (Padded(inputs) + Padded(outputs)), GradientPairCost, DirectGradient(geometry, image, inputs, outputs));

    // The pairs of channels, the costs of the transforms, and the cost of the direct convolution.
    private static bool IsChosen(ConvolutionPath path, in Conv2dGeometry geometry, ChannelsLastView image, double pairs, double tileCost, double pairCost, double direct)
    {
        if (!WinogradConv2d.Supports(geometry) || path is not (ConvolutionPath.Auto or ConvolutionPath.Winograd))
        {
            return false;
        }

        double tiles = (double)image.Images * WinogradTiles.CountAlong(image.Height, geometry.Dilation) * WinogradTiles.CountAlong(image.Width, geometry.Dilation);
        double winograd = (tiles * ((WinogradSize.Points * pairs) + tileCost)) + (pairs * pairCost);
        return path == ConvolutionPath.Winograd || direct > Margin * winograd;
    }

    // Direct weight gradients skip the taps outside the image, where direct convolutions multiply zeros.
    private static double DirectGradient(in Conv2dGeometry geometry, ChannelsLastView image, int inputs, int outputs)
    {
        double products = (double)image.Images * Inside(image.Height, geometry.Dilation) * Inside(image.Width, geometry.Dilation);
        return products * Padded(inputs) * Padded(outputs);
    }

    // The rows or columns that three taps find inside the image.
    private static int Inside(int length, int dilation) => length + (2 * Math.Max(0, length - dilation));

    // Both kinds of kernels compute eight or sixteen channels at once.
    private static int Padded(int channels) => (channels + Vector - 1) / Vector * Vector;
}
