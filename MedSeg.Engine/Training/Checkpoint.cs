using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inspection;
using MedSeg.Network;
using MedSeg.Training.Optimization;

namespace MedSeg.Training;

/// <summary>
/// The state of a run in one safetensors file: weights, Adam's moments, and metadata with which the run can go on.
/// </summary>
internal sealed record Checkpoint
{
    /// <summary>The key of the metadata that describes the run.</summary>
    internal const string StateKey = "medseg.state";

    private const string FormatVersion = "2";
    private const string FirstPrefix = "optimizer.exp_avg.";
    private const string SecondPrefix = "optimizer.exp_avg_sq.";
    private const string AveragePrefix = "average.";

    // The score of an ROI that no held-out slice has is NaN, which plain JSON cannot hold.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Gets the number of epochs that are done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the steps of the epoch that was begun.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Gets the sum of the losses of those steps, weighted by their slices.</summary>
    public required double LossSum { get; init; }

    /// <summary>Gets the sum of the published Dice losses of those steps, weighted by their slices.</summary>
    public required double DiceLossSum { get; init; }

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
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the records of the epochs that are done.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Gets when the file was written, in UTC; null in files of before this was noted.</summary>
    public DateTime? Written { get; init; }

    /// <summary>Gets the program that wrote it, with its version.</summary>
    public string? Software { get; init; }

    /// <summary>Gets what an imported model was made from; null where MedSeg trained it.</summary>
    public string? Origin { get; init; }

    /// <summary>Gives the content of a checkpoint, from which a run can go on.</summary>
    public SafetensorsFile ToCheckpoint(NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average = null) => ToFile(parameters.Split(parameters.Values)
        .Concat(parameters.Split(optimizer.FirstMoment, FirstPrefix))
        .Concat(parameters.Split(optimizer.SecondMoment, SecondPrefix))
        .Concat(average is null ? [] : parameters.Split(average.Values, AveragePrefix)));

    /// <summary>Gives the content of a trained model: the weights, without what only training needs.</summary>
    public SafetensorsFile ToModel(NetworkParameters parameters, WeightAverage? average = null) => ToModel(parameters.Split(average?.Values ?? parameters.Values));

    /// <summary>Gives the content of a trained model from a checkpoint's tensors.</summary>
    public SafetensorsFile ToModel(SafetensorsFile checkpoint) => ToFile(Weights(checkpoint));

    /// <summary>Gives the weights that a checkpoint, or a model, is used with: the averaged ones where there are some.</summary>
    public static IReadOnlyDictionary<string, SafetensorsTensor> Weights(SafetensorsFile checkpoint)
    {
        bool isAveraged = checkpoint.Tensors.Keys.Any(name => name.StartsWith(AveragePrefix, StringComparison.Ordinal));
        return checkpoint.Tensors
            .Where(t => isAveraged ? t.Key.StartsWith(AveragePrefix, StringComparison.Ordinal) : !t.Key.StartsWith("optimizer.", StringComparison.Ordinal))
            .ToDictionary(t => isAveraged ? t.Key[AveragePrefix.Length..] : t.Key, t => t.Value, StringComparer.Ordinal);
    }

    /// <summary>Gives the content of a model of weights that are at hand.</summary>
    public SafetensorsFile ToModel(IEnumerable<KeyValuePair<string, SafetensorsTensor>> weights) => ToFile(weights);

    /// <summary>Gives the state as text, as a file that is written now holds it.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        this with { Written = DateTime.UtcNow, Software = $"MedSeg {typeof(Checkpoint).Assembly.GetName().Version?.ToString(3)}" }, s_json);

    /// <summary>Gives the form of the network.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException">There can be no such network.</exception>
    public NetworkOptions Architecture(string path)
    {
        NetworkOptions architecture = Options.Architecture(InputSize, LabelNames.Count);
        try
        {
            architecture.Validate();
            return architecture;
        }
        catch (MedSegException e)
        {
            throw new FileFormatException("CheckpointInvalid", path, $"the training state in the file cannot be used: {e.Message}", null, e);
        }
    }

    private SafetensorsFile ToFile(IEnumerable<KeyValuePair<string, SafetensorsTensor>> named)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(named, StringComparer.Ordinal);
        string state = ToJson();
        var metadata = new Dictionary<string, string>
        {
            ["medseg.format"] = FormatVersion,
            ["medseg.sha256"] = Digest(state, tensors),
            [StateKey] = state,
        };
        return new SafetensorsFile(tensors, metadata);
    }

    /// <summary>Reads the metadata and tensors of a checkpoint, checking that nothing was altered.</summary>
    public static (Checkpoint State, SafetensorsFile File) Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        return (From(file, path), file);
    }

    /// <summary>Says whether a file has what a run needs to go on, beside the weights.</summary>
    public static bool CanGoOn(SafetensorsFile file) => file.Tensors.Keys.Any(name => name.StartsWith(FirstPrefix, StringComparison.Ordinal));

    /// <summary>Reads the metadata of a checkpoint or model, checking that nothing was altered.</summary>
    public static Checkpoint From(SafetensorsFile file, string path)
    {
        string? version = file.Metadata.GetValueOrDefault("medseg.format");
        if (version is not null && version != FormatVersion)
        {
            throw new FileFormatException("CheckpointVersion", path, $"the file is a MedSeg model or checkpoint of format {version}; this MedSeg reads format {FormatVersion}. Use the MedSeg that wrote it, or train again.");
        }

        if (version is null || !file.Metadata.TryGetValue(StateKey, out string? state))
        {
            throw new FileFormatException("CheckpointInvalid", path, "the file is safetensors, but no model or checkpoint of MedSeg.");
        }

        return file.Metadata.GetValueOrDefault("medseg.sha256") == Digest(state, file.Tensors)
            ? FromJson(state, path)
            : throw new FileFormatException("CheckpointDamaged", path, "the checksum is wrong: the file was altered or damaged. Copy it again, or take another one.");
    }

    /// <summary>Reads a state from its text.</summary>
    public static Checkpoint FromJson(string state, string path)
    {
        try
        {
            Checkpoint? read = JsonSerializer.Deserialize<Checkpoint>(state, s_json);
            return read is { Options: not null, LabelNames: not null, History: not null } && read.LabelNames.All(name => name is not null) && read.History.All(record => record is not null)
                ? read
                : throw new JsonException("There is no state.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException("CheckpointInvalid", path, "the training state in the file cannot be read.", null, e);
        }
    }

    /// <summary>Fills network and optimiser from a checkpoint's tensors.</summary>
    public static void Restore(SafetensorsFile file, string path, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average = null)
    {
        parameters.Load(file.Tensors, path);
        parameters.LoadInto(optimizer.FirstMoment, file.Tensors, path, FirstPrefix);
        parameters.LoadInto(optimizer.SecondMoment, file.Tensors, path, SecondPrefix);
        if (average is not null)
        {
            parameters.LoadInto(average.Values, file.Tensors, path, AveragePrefix);
        }
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
