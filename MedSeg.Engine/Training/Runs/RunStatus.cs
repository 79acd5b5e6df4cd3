using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>The state of a run, as its file in the output folder tells it.</summary>
internal sealed record RunStatus
{
    /// <summary>The ending of the file's name.</summary>
    public const string Suffix = ".run.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public required RunState State { get; init; }

    public required int ProcessId { get; init; }

    public required DateTime Started { get; init; }

    public required DateTime Updated { get; init; }

    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    public double? ValidationDice { get; init; }

    public double? BestDice { get; init; }

    public string? Error { get; init; }

    public static RunStatus Start(int epochs) => new()
    {
        State = RunState.Running,
        ProcessId = Environment.ProcessId,
        Started = Process.GetCurrentProcess().StartTime.ToUniversalTime(),
        Updated = DateTime.UtcNow,
        Epoch = 0,
        Epochs = epochs,
    };

    /// <summary>Reads the file.</summary>
    /// <returns>The state; null where the file is not there or cannot be understood.</returns>
    public static RunStatus? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunStatus>(File.ReadAllBytes(path), s_json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file. That it cannot be written does not end a run: what matters is in the checkpoints.</summary>
    public void TryWrite(string path)
    {
        try
        {
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, s_json));
        }
        catch (MedSegException)
        {
            // The next checkpoint, which cannot be written either, tells why.
        }
    }
}
