using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Training;
using MedSeg.Training.Runs;

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

    /// <summary>Gets when the run was started first, in UTC; null without a log.</summary>
    public DateTime? Started { get; init; }

    /// <summary>Gets how long its sessions took together; null without a log.</summary>
    public TimeSpan? Duration { get; init; }

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
        string logPath = Path.Combine(Path.GetDirectoryName(path)!, name + ".log.jsonl");

        // The log may be that of another run, which used the name later.
        LoggedRun? log = LoggedRun.Read(logPath) is { Epochs.Count: > 0 } logged && logged.Run == training.Run ? logged : null;
        int last = training.History.Select(record => record.Epoch).DefaultIfEmpty().Max();
        return new RunRecord
        {
            Name = name,
            Model = model,
            Training = training,
            History = log is null ? training.History : [.. training.History, .. RunHistory.Read(logPath).Where(record => record.Epoch > last)],
            Started = log?.Start,
            Duration = log?.Duration(now: null),
        };
    }
}
