using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>
/// The log of a run in its output folder, with one JSON object per line. An epoch is on disk before its record is returned. The log
/// contains nothing about patients.
/// </summary>
internal sealed class RunLog(string path)
{
    /// <summary>Notes that a run starts or resumes.</summary>
    public void Start(Checkpoint state, RunOptions run, string device)
    {
        JsonObject entry = Entry(state.Steps > 0 ? "resume" : "start");
        entry["run"] = state.Run;
        entry["model"] = run.ModelName;
        entry["epochsDone"] = state.Epoch;
        entry["stepsDone"] = state.StepInEpoch;
        entry["device"] = device;
        entry["allowTF32"] = run.AllowTF32;
        entry["trainingSlices"] = state.TrainingSlices;
        entry["validationSlices"] = state.ValidationSlices;
        entry["options"] = JsonSerializer.SerializeToNode(state.Options);
        Append(entry);
    }

    /// <summary>Notes an epoch.</summary>
    public void Epoch(EpochRecord record)
    {
        JsonObject entry = Entry("epoch");
        entry["epoch"] = record.Epoch;
        entry["epochs"] = record.Epochs;
        entry["loss"] = record.Loss;
        entry["dice"] = record.Dice;
        entry["learningRate"] = record.LearningRate;
        entry["slicesPerSecond"] = Math.Round(record.SlicesPerSecond, 3);
        entry["seconds"] = Math.Round(record.Seconds, 3);
        entry["peakMemory"] = record.PeakMemory;
        entry["checkpoint"] = record.CheckpointPath is not null;
        if (record.ValidationDice is { } dice)
        {
            entry["validationDice"] = dice;
            IEnumerable<KeyValuePair<string, JsonNode?>> scores = record.ValidationDiceByRoi!
                .Select(s => KeyValuePair.Create(s.Name, (JsonNode?)(double.IsFinite(s.Dice) ? s.Dice : null)));
            entry["validationDiceByRoi"] = new JsonObject(scores);
        }

        Append(entry);
    }

    /// <summary>Notes that the run ends: finished, interrupted, or failed and why.</summary>
    public void End(RunState state, string? error)
    {
        JsonObject entry = Entry(state.ToString().ToLowerInvariant());
        if (error is not null)
        {
            entry["error"] = error;
        }

        Append(entry);
    }

    private static JsonObject Entry(string name) => new()
    {
        ["time"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        ["event"] = name,
    };

    // A log that cannot be written does not end a run.
    private void Append(JsonObject entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry), (byte)'\n'];
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What matters is in the checkpoints; they report a full disk.
        }
    }
}
