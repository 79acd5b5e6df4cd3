using System.Globalization;
using System.Text.Json;
using MedSeg.Files;
using MedSeg.Network.Losses;

namespace MedSeg.Training.Runs;

/// <summary>
/// What the log of a run says about it, over all of its sessions. A session that resumes trains the epochs after its checkpoint again, so
/// the last line of each epoch counts.
/// </summary>
internal sealed class LoggedRun
{
    private readonly SortedDictionary<int, LoggedEpoch> _epochs = [];
    private TimeSpan _earlier;
    private DateTime? _sessionStart;
    private DateTime? _last;

    private LoggedRun()
    {
    }

    /// <summary>Gets the identity of the run.</summary>
    public string? Run { get; private set; }

    /// <summary>Gets the device of the last session.</summary>
    public string? Device { get; private set; }

    /// <summary>Gets the loss function.</summary>
    public LossFunction? Loss { get; private set; }

    /// <summary>Gets when the run was started first, in UTC.</summary>
    public DateTime? Start { get; private set; }

    /// <summary>Gets the epochs, in their order.</summary>
    public IReadOnlyCollection<LoggedEpoch> Epochs => _epochs.Values;

    /// <summary>Gets the epoch with the best validation Dice; null where none was validated.</summary>
    public int? BestEpoch => Epochs.Where(epoch => epoch.ValidationDice is not null).MaxBy(epoch => epoch.ValidationDice)?.Epoch;

    /// <summary>Gets the epochs of the last session.</summary>
    public IEnumerable<LoggedEpoch> LastSession => Epochs.Where(epoch => epoch.Time >= _sessionStart);

    /// <summary>Reads a log. Lines that a crash cut short are skipped.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The run; null where there is no log, or it cannot be read.</returns>
    public static LoggedRun? Read(string path)
    {
        try
        {
            if (EmptyFile.Is(path) || !File.Exists(path))
            {
                return null;
            }

            // Shared with the run that appends to it.
            using FileStream stream = FileContent.OpenRead(path);
            using var reader = new StreamReader(stream);
            var run = new LoggedRun();
            while (reader.ReadLine() is { } line)
            {
                run.Add(line);
            }

            return run;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns how long the sessions took together.</summary>
    /// <param name="now">The time in UTC if the last session is still running; null to count it up to its last line.</param>
    /// <returns>The duration; null where the log has no start.</returns>
    public TimeSpan? Duration(DateTime? now) => _sessionStart is { } start && (now ?? _last) is { } end ? _earlier + (end > start ? end - start : TimeSpan.Zero) : null;

    private void Add(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            Add(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // A line of no use ends nothing.
        }
    }

    private void Add(JsonElement entry)
    {
        DateTime? time = entry.TryGetProperty("time", out JsonElement text) && DateTime.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime parsed) ? parsed : null;
        string? name = entry.GetProperty("event").GetString();
        if (name is "start" or "resume")
        {
            StartSession(entry, time, isNew: name == "start");
        }
        else if (name == "epoch")
        {
            LoggedEpoch epoch = ParseEpoch(entry, time);
            _epochs[epoch.Epoch] = epoch;
        }

        _last = time ?? _last;
    }

    private void StartSession(JsonElement entry, DateTime? time, bool isNew)
    {
        string? run = entry.GetProperty("run").GetString();
        if (isNew || (Run is not null && run != Run))
        {
            _epochs.Clear();
            (Start, _earlier) = (time, TimeSpan.Zero);
        }
        else
        {
            _earlier = Duration(now: null) ?? TimeSpan.Zero;
            int done = entry.GetProperty("epochsDone").GetInt32();
            foreach (int epoch in _epochs.Keys.Where(epoch => epoch > done).ToArray())
            {
                _epochs.Remove(epoch);
            }
        }

        Start ??= time;
        (Run, _sessionStart, _last) = (run, time, time);
        Device = entry.GetProperty("device").GetString();
        Loss = entry.GetProperty("options").TryGetProperty(nameof(Loss), out JsonElement loss) ? (LossFunction)loss.GetInt32() : null;
    }

    private LoggedEpoch ParseEpoch(JsonElement entry, DateTime? time) => new()
    {
        Time = time,
        Epoch = entry.GetProperty("epoch").GetInt32(),
        Epochs = entry.GetProperty("epochs").GetInt32(),
        Loss = entry.GetProperty("loss").GetDouble(),
        Dice = entry.GetProperty("dice").GetDouble(),
        LearningRate = entry.GetProperty("learningRate").GetDouble(),
        SlicesPerSecond = entry.GetProperty("slicesPerSecond").GetDouble(),
        Seconds = entry.GetProperty("seconds").GetDouble(),
        PeakMemory = entry.TryGetProperty("peakMemory", out JsonElement memory) && memory.ValueKind == JsonValueKind.Number ? memory.GetInt64() : null,
        Device = Device ?? string.Empty,
        HasCheckpoint = entry.TryGetProperty("checkpoint", out JsonElement checkpoint) && checkpoint.ValueKind == JsonValueKind.True,
        ValidationDice = entry.TryGetProperty("validationDice", out JsonElement dice) ? dice.GetDouble() : null,
        Scores = entry.TryGetProperty("validationDiceByRoi", out JsonElement scores) ? ParseScores(scores, entry) : null,
    };

    private static (string Name, double Dice, int Slices)[] ParseScores(JsonElement scores, JsonElement entry)
    {
        bool hasSlices = entry.TryGetProperty("validationSlicesByRoi", out JsonElement slices);
        return
        [
            .. scores.EnumerateObject().Select(roi => (
                roi.Name,
                roi.Value.ValueKind == JsonValueKind.Number ? roi.Value.GetDouble() : double.NaN,
                hasSlices && slices.TryGetProperty(roi.Name, out JsonElement count) ? count.GetInt32() : 0)),
        ];
    }
}
