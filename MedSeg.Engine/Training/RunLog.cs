using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>
/// The log of a run in its output folder, with one JSON object per line. An epoch is on disk before its record is returned. The log
/// contains nothing about patients. Each epoch of the run has one line: a run that resumes from a checkpoint trains later epochs again,
/// so their lines are removed first.
/// </summary>
internal sealed class RunLog(string path)
{
    /// <summary>Notes that a run starts or resumes.</summary>
    public void Start(Checkpoint state, RunOptions run, string device)
    {
        RemoveEpochsAfter(state.Epoch);
        JsonObject entry = Entry(state.Steps > 0 ? "resume" : "start");
        entry["run"] = state.Run;
        entry["model"] = run.ModelName;
        entry["epochsDone"] = state.Epoch;
        entry["stepsDone"] = state.StepInEpoch;
        entry["device"] = device;
        entry["allowTF32"] = run.AllowTF32;
        entry["trainingSlices"] = state.TrainingSlices;
        entry["validationSlices"] = state.ValidationSlices;
        entry["options"] = JsonSerializer.SerializeToNode(CheckpointPaths.WithoutFolders(state.Options));
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
            entry["validationSlicesByRoi"] = new JsonObject(record.ValidationDiceByRoi!.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.Slices)));
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

    // Of logs that earlier builds wrote, the last line of each epoch is kept. A line that a crash cut short is removed, too.
    private void RemoveEpochsAfter(int epoch)
    {
        try
        {
            if (EmptyFile.Is(path) || !File.Exists(path))
            {
                return;
            }

            string[] lines = File.ReadAllLines(path, Encoding.UTF8);
            var kept = new Stack<string>(lines.Length);
            var epochs = new HashSet<int>();
            foreach (string line in Enumerable.Reverse(lines).Where(line => TryReadEpoch(line, out int number) && (number == 0 || (number <= epoch && epochs.Add(number)))))
            {
                kept.Push(line);
            }

            if (kept.Count < lines.Length)
            {
                AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => line + "\n")))));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MedSegException)
        {
            // As when a line cannot be written.
        }
    }

    // The epoch of a line, or 0 where it is another event; false where the line is not JSON.
    private static bool TryReadEpoch(string line, out int epoch)
    {
        epoch = 0;
        try
        {
            using var entry = JsonDocument.Parse(line);
            bool isEpoch = entry.RootElement.TryGetProperty("event", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.ValueEquals("epoch");
            return !isEpoch || (entry.RootElement.TryGetProperty("epoch", out JsonElement number) && number.TryGetInt32(out epoch));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
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
