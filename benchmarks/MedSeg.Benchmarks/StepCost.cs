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
        .Sum(parameter => parameter.Length * Math.Pow(Side(parameter.Name, options.InputSize), 2));

    // The side of the image at which each weight is used once a pixel.
    private static int Side(string name, int size)
    {
        string[] parts = name.Split('.');
        int level = parts[1][^1] - '0';
        int halvings = parts[1][..^1] switch
        {
            "encoder" => level - 1,
            "decoder" => 4 - level,
            "down_conv" => Math.Min(level, 3),
            "up_conv" => 4 - level,
            _ => 0,
        };
        return (parts[0] == "stage1" ? size / 2 : size) >> halvings;
    }
}
