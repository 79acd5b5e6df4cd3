using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>
/// The log of a run in its output folder, with one JSON object per line. An epoch is on disk before its record is returned. The log
/// contains nothing about patients. Each epoch of the run has one line: a run that resumes from a checkpoint trains later epochs again,
/// so their lines are removed first.
/// </summary>
/// <param name="path">The absolute path of the log.</param>
/// <param name="events">Receives a warning where another program has the log open to the end; or null.</param>
internal sealed class RunLog(string path, EngineEvents? events = null)
{
    // Lines that could not be written yet.
    private readonly List<byte> _lines = [];

    /// <summary>Notes that a run starts or resumes.</summary>
    public void Start(Checkpoint state, RunOptions run, string device)
    {
        HashSet<int>? logged = RemoveEpochsAfter(state.Epoch);
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

        // A crash between the checkpoint and the log leaves an epoch out.
        foreach (EpochRecord record in state.History.Where(record => logged?.Contains(record.Epoch) == false))
        {
            Epoch(record);
        }
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
        if (_lines.Count > 0)
        {
            WriteNumbered();
        }
    }

    // Of logs that earlier builds wrote, the last line of each epoch is kept. A line that a crash cut short is removed, too.
    // Returns the epochs that the log has; null where there is none, or it cannot be read.
    private HashSet<int>? RemoveEpochsAfter(int epoch)
    {
        var epochs = new HashSet<int>();
        try
        {
            if (EmptyFile.Is(path) || !File.Exists(path))
            {
                return null;
            }

            (string[] lines, bool isWhole) = ReadLines();
            var kept = new Stack<string>(lines.Length);
            foreach (string line in Enumerable.Reverse(lines).Where(line => TryReadEpoch(line, out int number) && (number == 0 || (number <= epoch && epochs.Add(number)))))
            {
                kept.Push(line);
            }

            if (kept.Count < lines.Length || !isWhole)
            {
                AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => line + "\n")))));
            }

            return epochs;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MedSegException)
        {
            // As when a line cannot be written.
            return null;
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

    // A crash can cut the line break of the last line, too.
    private (string[] Lines, bool IsWhole) ReadLines()
    {
        using var reader = new StreamReader(FileContent.OpenRead(path), Encoding.UTF8);
        string text = reader.ReadToEnd();
        return (text.Split('\n', StringSplitOptions.RemoveEmptyEntries), text.EndsWith('\n'));
    }

    // A log that cannot be written does not end a run: what matters is in the checkpoints, and they report a full disk.
    private void Append(JsonObject entry)
    {
        _lines.AddRange(JsonSerializer.SerializeToUtf8Bytes(entry));
        _lines.Add((byte)'\n');
        try
        {
            bool isNew = !File.Exists(path);
            using FileStream file = FileChanges.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            AppendOrUndo(file);
            if (isNew)
            {
                FileChanges.FlushFolder(Path.GetDirectoryName(path)!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next line tries again.
        }
    }

    // Half a line would make the next one unreadable.
    private void AppendOrUndo(FileStream file)
    {
        long length = file.Seek(0, SeekOrigin.End);
        try
        {
            file.Write(CollectionsMarshal.AsSpan(_lines));
            file.Flush(flushToDisk: true);
            _lines.Clear();
        }
        catch (IOException)
        {
            file.SetLength(length);
            throw;
        }
    }

    private void WriteNumbered()
    {
        try
        {
            string? written = NumberedFile.NamesFor(path).FirstOrDefault(name => !File.Exists(name));
            if (written is not null)
            {
                AtomicFile.Write(written, stream => stream.Write(CollectionsMarshal.AsSpan(_lines)), replace: false);
                events?.Warning?.Invoke($"{path}: The log could not be written, since another program has it open. Its last lines are in {Path.GetFileName(written)}.");
            }
        }
        catch (MedSegException)
        {
            // What matters is in the checkpoints.
        }
    }
}
