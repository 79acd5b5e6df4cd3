using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Models;

namespace MedSeg.Training;

/// <summary>What a model file, safetensors or ONNX, says of its model.</summary>
internal sealed record ModelMetadata
{
    /// <summary>Gets what must be known to use the model.</summary>
    public required ModelDescription Description { get; init; }

    /// <summary>Gets the number of epochs that the network was trained.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets how MedSeg trained it; null for an imported model.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>Gets what an imported model was made from; null if MedSeg trained it.</summary>
    public string? Origin { get; init; }

    /// <summary>Gets when the file was written, in UTC; null in files written before it was recorded.</summary>
    public DateTime? Written { get; init; }

    /// <summary>Gets the program that wrote the file, with its version.</summary>
    public string? Software { get; init; }

    /// <summary>Reads the metadata of a model or checkpoint, and checks the checksum.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">The file is not MedSeg's, is damaged, or is invalid (<c>Checkpoint…</c>).</exception>
    public static ModelMetadata From(SafetensorsFile file, string path) => CheckpointFile.ReadState(file, path).ToMetadata();

    /// <summary>Makes the content of a model file.</summary>
    /// <param name="weights">The weights by name.</param>
    public SafetensorsFile ToFile(IEnumerable<KeyValuePair<string, SafetensorsTensor>> weights) =>
        CheckpointFile.Make(CheckpointState.Of(this), weights);
}
