using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;

namespace MedSeg.Models;

/// <summary>Refuses weights that are NaN or infinite: a network with them finds nothing, without any error.</summary>
internal static class FiniteWeights
{
    /// <summary>Checks the tensors of a file.</summary>
    /// <param name="tensors">The tensors by name; those that are not float32 are not checked.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException"><c>WeightsNotFinite</c>: a number is NaN or infinite.</exception>
    public static void Require(IEnumerable<KeyValuePair<string, SafetensorsTensor>> tensors, string path)
    {
        foreach ((string name, SafetensorsTensor tensor) in tensors.Where(t => t.Value.DataType == SafetensorsTensor.SinglePrecision))
        {
            foreach (float value in tensor.AsFloats())
            {
                if (!float.IsFinite(value))
                {
                    throw NotFinite(name, value, path);
                }
            }
        }
    }

    private static FileFormatException NotFinite(string name, float value, string path) =>
        new(ErrorIds.WeightsNotFinite, path, string.Create(CultureInfo.InvariantCulture, $"The weights contain {value} in '{name}': the training that made them diverged."))
        {
            Advice = "Use an earlier checkpoint, or train again with a lower learning rate.",
        };
}
