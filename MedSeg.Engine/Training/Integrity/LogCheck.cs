using System.Text.Json;
using MedSeg.Files;
using MedSeg.Training.Runs;

namespace MedSeg.Training.Integrity;

/// <summary>Checks the log of a run: each line must be a JSON object, and each finished epoch must have a line.</summary>
internal static class LogCheck
{
    /// <summary>Checks a log that exists.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="epochs">The number of finished epochs; null where it is not known.</param>
    /// <param name="isRunning">Whether a run may be writing to it.</param>
    /// <returns>The state, what was found, and what to do.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (RunFileState State, string Finding, string? Advice) Check(string path, int? epochs, bool isRunning)
    {
        (int lines, List<int> invalid) = ReadLines(path);
        bool isCut = invalid is [var last] && last == lines;
        if (invalid.Count > 0 && !isCut)
        {
            return (RunFileState.Damaged, FormattableString.Invariant($"{invalid.Count} of {lines} lines cannot be read, the first of them line {invalid[0]}."),
                "Nothing to do for the model: only the history of these epochs is lost. A resumed run removes the lines.");
        }

        if (isCut && !isRunning)
        {
            return (RunFileState.Incomplete, FormattableString.Invariant($"Line {lines}, the last one, was cut short when its process ended."), "Nothing to do: a resumed run removes the line.");
        }

        IReadOnlyCollection<LoggedEpoch> logged = LoggedRun.Read(path)?.Epochs ?? [];
        int missing = (epochs ?? logged.Select(epoch => epoch.Epoch).DefaultIfEmpty(0).Max()) - logged.Count;
        return missing > 0
            ? (RunFileState.Incomplete, FormattableString.Invariant($"{missing} of the finished epochs have no line."), "Nothing to do for the model: only the history of these epochs is lost.")
            : (RunFileState.Ok, FormattableString.Invariant($"All {lines} lines can be read; {SavedWeights.Epochs(logged.Count)} logged."), null);
    }

    private static (int Lines, List<int> Invalid) ReadLines(string path)
    {
        // Shared with the run that appends to it.
        using FileStream stream = FileContent.OpenRead(path);
        using var reader = new StreamReader(stream);
        int lines = 0;
        var invalid = new List<int>();
        while (reader.ReadLine() is { } line)
        {
            lines++;
            if (!IsEntry(line))
            {
                invalid.Add(lines);
            }
        }

        return (lines, invalid);
    }

    private static bool IsEntry(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            return entry.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
