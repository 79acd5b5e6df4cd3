using MedSeg.Errors;
using MedSeg.Files.Safetensors;

namespace MedSeg.Network;

/// <summary>Picks the weights of a network from the tensors of a file.</summary>
internal static class NetworkWeights
{
    /// <summary>Gives the weights of a network, in its order, without what else the file has.</summary>
    /// <param name="architecture">The form of the network.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException">A weight is missing or of another shape or type.</exception>
    public static Dictionary<string, SafetensorsTensor> Require(NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> tensors, string path)
    {
        var weights = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        foreach (ParameterShape parameter in PyramidLayout.Parameters(architecture))
        {
            weights[parameter.Name] = tensors.TryGetValue(parameter.Name, out SafetensorsTensor? tensor) && tensor.DataType == SafetensorsTensor.SinglePrecision && tensor.Shape.SequenceEqual(parameter.Shape)
                ? tensor
                : throw new FileFormatException("ModelMismatch", path, $"'{parameter.Name}' is missing or not {SafetensorsTensor.SinglePrecision} [{string.Join(", ", parameter.Shape)}]: the description in the file is of another network than the weights.");
        }

        return weights;
    }
}
