using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;

namespace MedSeg.Benchmarks;

/// <summary>Counts the arithmetic of a training step.</summary>
internal static class StepCost
{
    // Backward computes a product of the same size for the input, and one for the weights.
    private const double Passes = 3;

    /// <summary>Counts the operations of a step; a multiplication and an addition are two.</summary>
    /// <param name="options">The form of the network.</param>
    /// <param name="batch">The slices of a step.</param>
    /// <returns>Floating-point operations.</returns>
    public static double Operations(NetworkOptions options, int batch) => 2 * Passes * batch * MultiplyAdds(options);

    /// <summary>Counts the products that one slice takes from image to probabilities.</summary>
    /// <param name="options">The form of the network.</param>
    /// <returns>Multiplications, each with an addition.</returns>
    public static double MultiplyAdds(NetworkOptions options) => PyramidLayout.Parameters(options)
        .Where(parameter => parameter.Shape.Length == 4)
        .Sum(parameter => parameter.Length * Math.Pow(Side(PyramidLayout.Geometry(options, parameter.Name[..parameter.Name.LastIndexOf('.')])), 2));

    // The side of the image at which each weight is used once a pixel.
    private static int Side(LayerGeometry layer) => layer.IsTransposed ? layer.Side / layer.Stride : layer.Side;
}
