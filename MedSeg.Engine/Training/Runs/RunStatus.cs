using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>The state of a run, as its status file in the output folder has it. Times are in UTC.</summary>
internal sealed record RunStatus
{
    /// <summary>The end of the file's name.</summary>
    public const string Suffix = ".run.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public required RunState State { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Gets when the process started, which tells it from a later one with the same ID; null in older files.</summary>
    public DateTime? ProcessStarted { get; init; }

    /// <summary>Gets when the run was started or last resumed.</summary>
    public required DateTime Started { get; init; }

    public required DateTime Updated { get; init; }

    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    public double? ValidationDice { get; init; }

    public double? BestDice { get; init; }

    public string? Error { get; init; }

    /// <summary>Makes the status of a run that this process starts now.</summary>
    /// <param name="epochs">The number of epochs of the run.</param>
    public static RunStatus Start(int epochs)
    {
        using var process = Process.GetCurrentProcess();
        DateTime now = DateTime.UtcNow;
        return new RunStatus
        {
            State = RunState.Running,
            ProcessId = Environment.ProcessId,
            ProcessStarted = process.StartTime.ToUniversalTime(),
            Started = now,
            Updated = now,
            Epoch = 0,
            Epochs = epochs,
        };
    }

    /// <summary>Reads the file.</summary>
    /// <returns>The state; null where the file is missing or cannot be read.</returns>
    public static RunStatus? Read(string path)
    {
        try
        {
            return EmptyFile.Is(path) ? null : JsonSerializer.Deserialize<RunStatus>(FileContent.ReadShared(path), s_json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file. A failure does not end the run: what matters is in the checkpoints.</summary>
    public void TryWrite(string path)
    {
        try
        {
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, s_json));
        }
        catch (MedSegException)
        {
            // The next checkpoint cannot be written either, and reports why.
        }
    }
}
