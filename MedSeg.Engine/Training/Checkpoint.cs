using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedSeg.Interchange;
using MedSeg.Network;

namespace MedSeg.Training;

/// <summary>
/// The state of a run in one safetensors file: weights, Adam's moments, and metadata with which the run can go on.
/// </summary>
internal sealed record Checkpoint
{
    private const string FormatVersion = "2";
    private const string FirstPrefix = "optimizer.exp_avg.";
    private const string SecondPrefix = "optimizer.exp_avg_sq.";

    // The score of an ROI that no held-out slice has is NaN, which plain JSON cannot hold.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Gets the number of epochs that are done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the steps of the epoch that was begun.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Gets the sum of the losses of those steps, weighted by their slices.</summary>
    public required double LossSum { get; init; }

    /// <summary>Gets the steps that Adam has taken.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the settings.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Gets the names of the ROIs.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets the side S of the input.</summary>
    public required int InputSize { get; init; }

    /// <summary>Gets how intensities are normalised.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public required ResizeMode ResizeMode { get; init; }

    /// <summary>Gets the identity of the run, which it keeps when it goes on.</summary>
    public required string Run { get; init; }

    /// <summary>Gets the number of training slices.</summary>
    public required int TrainingSlices { get; init; }

    /// <summary>Gets the number of slices that it is validated on.</summary>
    public required int ValidationSlices { get; init; }

    /// <summary>Gets what the training slices look like; null in models of before this was written.</summary>
    public Inference.TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the records of the epochs that are done.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Gives the content of a checkpoint, from which a run can go on.</summary>
    public SafetensorsFile ToCheckpoint(NetworkParameters parameters, AdamOptimizer optimizer) => ToFile(parameters.Split(parameters.Values)
        .Concat(parameters.Split(optimizer.FirstMoment, FirstPrefix))
        .Concat(parameters.Split(optimizer.SecondMoment, SecondPrefix)));

    /// <summary>Gives the content of a trained model: the weights, without what only training needs.</summary>
    public SafetensorsFile ToModel(NetworkParameters parameters) => ToFile(parameters.Split(parameters.Values));

    private SafetensorsFile ToFile(IEnumerable<KeyValuePair<string, SafetensorsTensor>> named)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(named, StringComparer.Ordinal);
        string state = JsonSerializer.Serialize(this, s_json);
        var metadata = new Dictionary<string, string>
        {
            ["medseg.format"] = FormatVersion,
            ["medseg.sha256"] = Digest(state, tensors),
            ["medseg.state"] = state,
        };
        return new SafetensorsFile(tensors, metadata);
    }

    /// <summary>Reads the metadata and tensors of a checkpoint, checking that nothing was altered.</summary>
    public static (Checkpoint State, SafetensorsFile File) Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        string? version = file.Metadata.GetValueOrDefault("medseg.format");
        if (version is not null && version != FormatVersion)
        {
            throw new FileFormatException("CheckpointVersion", path, $"the file is a MedSeg model or checkpoint of format {version}; this MedSeg reads format {FormatVersion}. Use the MedSeg that wrote it, or train again.");
        }

        if (version is null || !file.Metadata.TryGetValue("medseg.state", out string? state))
        {
            throw new FileFormatException("CheckpointInvalid", path, "the file is safetensors, but no model or checkpoint of MedSeg.");
        }

        if (file.Metadata.GetValueOrDefault("medseg.sha256") != Digest(state, file.Tensors))
        {
            throw new FileFormatException("CheckpointDamaged", path, "the checksum is wrong: the file was altered or damaged.");
        }

        try
        {
            Checkpoint? read = JsonSerializer.Deserialize<Checkpoint>(state, s_json);
            return (read ?? throw new JsonException("There is no state."), file);
        }
        catch (JsonException e)
        {
            throw new FileFormatException("CheckpointInvalid", path, "the training state in the file cannot be read.", null, e);
        }
    }

    /// <summary>Fills network and optimiser from a checkpoint's tensors.</summary>
    public static void Restore(SafetensorsFile file, string path, NetworkParameters parameters, AdamOptimizer optimizer)
    {
        parameters.Load(file.Tensors, path);
        parameters.LoadInto(optimizer.FirstMoment, file.Tensors, path, FirstPrefix);
        parameters.LoadInto(optimizer.SecondMoment, file.Tensors, path, SecondPrefix);
    }

    private static string Digest(string state, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(state));
        foreach (SafetensorsTensor tensor in tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value))
        {
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
