using System.Text;
using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>A training run as its files tell it: the model or checkpoint, and the log next to it if there is one.</summary>
internal sealed record RunRecord
{
    private static readonly string[] s_endings = [".safetensors", ".checkpoint", ".best"];

    /// <summary>Gets the model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the file says of the model.</summary>
    public required ModelMetadata Model { get; init; }

    /// <summary>Gets how it was trained.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>Gets all epochs: those of the file, and later ones of the log, which early stopping discarded.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Gets what happened when, from the log: start, resume, finished, interrupted or failed, in UTC; empty without a log.</summary>
    public required IReadOnlyList<(DateTime Time, string Event)> Events { get; init; }

    /// <summary>Gets whether GPUs could round to TF32; null without a log.</summary>
    public bool? AllowTF32 { get; init; }

    /// <summary>Gets the last validated epoch of the file, whose scores are the model's; null without validation.</summary>
    public EpochRecord? Validated => Training.History.LastOrDefault(record => record.ValidationDiceByRoi is not null);

    /// <summary>Reads a run.</summary>
    /// <param name="path">The absolute path of the model or checkpoint.</param>
    /// <exception cref="MedSegException">The file cannot be read, or MedSeg did not train the model (<c>ModelWithoutOptions</c>).</exception>
    public static RunRecord Read(string path)
    {
        var model = ModelMetadata.From(SafetensorsFile.Read(path), path);
        TrainingSummary training = model.Training ?? throw new MedSegException(ErrorKind.InvalidData, ErrorIds.ModelWithoutOptions, $"{path}: MedSeg did not train this model, so there is no run to report.", path)
        {
            Advice = "Give a model or checkpoint that MedSeg trained.",
        };
        string name = s_endings.Aggregate(Path.GetFileName(path), (rest, ending) => rest.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? rest[..^ending.Length] : rest);
        JsonElement[] log = ReadLog(Path.Combine(Path.GetDirectoryName(path)!, name + ".log.jsonl"), training.Run);
        int last = training.History.Select(record => record.Epoch).DefaultIfEmpty().Max();
        return new RunRecord
        {
            Name = name,
            Model = model,
            Training = training,
            History = [.. training.History, .. log.Where(entry => EventOf(entry) == "epoch").Select(ToEpoch).OfType<EpochRecord>().Where(record => record.Epoch > last)],
            Events = [.. log.Where(entry => EventOf(entry) != "epoch").Select(entry => (entry.GetProperty("time").GetDateTime(), EventOf(entry)))],
            AllowTF32 = log.Length > 0 && log[0].TryGetProperty("allowTF32", out JsonElement allow) ? allow.ValueKind == JsonValueKind.True : null,
        };
    }

    // The lines of this run: another one may have been in the folder before it. A log that cannot be read is as good as none.
    private static JsonElement[] ReadLog(string path, string run)
    {
        try
        {
            JsonElement[] lines = File.Exists(path) ? [.. File.ReadAllLines(path, Encoding.UTF8).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)] : [];
            int start = Array.FindLastIndex(lines, line => EventOf(line) == "start");
            return start >= 0 && lines[start].GetProperty("run").GetString() == run ? lines[start..] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }

    private static string EventOf(JsonElement line) => line.GetProperty("event").GetString() ?? string.Empty;

    private static EpochRecord? ToEpoch(JsonElement line) => !line.TryGetProperty("epoch", out JsonElement epoch) ? null : new EpochRecord
    {
        Epoch = epoch.GetInt32(),
        Epochs = line.GetProperty("epochs").GetInt32(),
        Loss = line.GetProperty("loss").GetDouble(),
        Dice = line.GetProperty("dice").GetDouble(),
        LearningRate = line.GetProperty("learningRate").GetDouble(),
        SlicesPerSecond = line.GetProperty("slicesPerSecond").GetDouble(),
        Seconds = line.GetProperty("seconds").GetDouble(),
        PeakMemory = line.TryGetProperty("peakMemory", out JsonElement memory) && memory.ValueKind == JsonValueKind.Number ? memory.GetInt64() : null,
        ValidationDice = line.TryGetProperty("validationDice", out JsonElement dice) && dice.ValueKind == JsonValueKind.Number ? dice.GetDouble() : null,
        Device = string.Empty,
    };
}
