using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;

namespace MedSeg.Network;

/// <summary>Selects the weights of a network from the tensors of a file.</summary>
internal static class NetworkWeights
{
    /// <summary>Returns the weights of a network in its order, without other tensors of the file.</summary>
    /// <param name="architecture">The architecture of the network.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <param name="path">The path of the file, for errors.</param>
    /// <exception cref="FileFormatException"><c>ModelMismatch</c>: a weight is missing or has another shape or type.</exception>
    public static Dictionary<string, SafetensorsTensor> Require(NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> tensors, string path)
    {
        var weights = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        foreach (ParameterShape parameter in NetworkLayouts.Parameters(architecture))
        {
            bool isExpected = tensors.TryGetValue(parameter.Name, out SafetensorsTensor? tensor)
                && tensor.DataType == SafetensorsTensor.SinglePrecision
                && tensor.Shape.SequenceEqual(parameter.Shape);
            string expected = $"{SafetensorsTensor.SinglePrecision} [{string.Join(", ", parameter.Shape)}]";
            weights[parameter.Name] = isExpected
                ? tensor!
                : throw new FileFormatException(ErrorIds.ModelMismatch, path, $"'{parameter.Name}' is missing or not {expected}: the weights are those of another network than the file describes.");
        }

        return weights;
    }
}
