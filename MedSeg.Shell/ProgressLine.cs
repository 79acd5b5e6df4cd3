using System.Management.Automation;

namespace MedSeg.Shell;

/// <summary>What is going on, as one line: the task that was reported last, and beside it the part it is at.</summary>
internal sealed class ProgressLine
{
    private const int LogStep = 10;
    private const int WidestBar = 30;
    private const int NarrowestBar = 8;
    private readonly List<(long Source, ProgressRecord Record)> _records = [];
    private readonly Dictionary<(long Source, int Id), int> _logged = [];

    /// <summary>Takes a record in.</summary>
    public void Update(long source, ProgressRecord record)
    {
        bool isOver = record.RecordType == ProgressRecordType.Completed;
        _records.RemoveAll(r => r.Source == source
            && (r.Record.ActivityId == record.ActivityId || (isOver && r.Record.ParentActivityId == record.ActivityId)));
        if (isOver)
        {
            _logged.Remove((source, record.ActivityId));
        }
        else
        {
            _records.Add((source, record));
        }
    }

    /// <summary>Forgets all tasks.</summary>
    public void Clear()
    {
        _records.Clear();
        _logged.Clear();
    }

    /// <summary>Gives the line, or nothing when nothing goes on.</summary>
    /// <param name="width">The most characters it may have.</param>
    public string Describe(int width)
    {
        (long source, ProgressRecord? task) = _records.FindLast(r => !HasParent(r));
        if (task is null)
        {
            return string.Empty;
        }

        string text = Bar(task.PercentComplete, Math.Clamp(width / 4, NarrowestBar, WidestBar)) + Describe(task);
        ProgressRecord? part = _records.FindLast(r => r.Source == source && r.Record.ParentActivityId == task.ActivityId).Record;
        if (part is not null)
        {
            string percent = part.PercentComplete >= 0 ? $" {part.PercentComplete} %" : string.Empty;
            text += $" · {Describe(part)}{percent}";
        }

        // A line that wraps could not be erased.
        text = text.ReplaceLineEndings(" ");
        return text.Length > width ? text[..(width - 1)] + '…' : text;
    }

    /// <summary>Gives a line for a log at every tenth part of a task.</summary>
    public string? Log(long source, ProgressRecord record)
    {
        (long, int) key = (source, record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed
            || HasParent((source, record))
            || record.PercentComplete < _logged.GetValueOrDefault(key, -LogStep) + LogStep)
        {
            return null;
        }

        _logged[key] = record.PercentComplete;
        return $"[{record.PercentComplete,3} %] {Describe(record)}";
    }

    private static string Bar(int percent, int width)
    {
        if (percent < 0)
        {
            return string.Empty;
        }

        int filled = Math.Min(percent, 100) * width / 100;
        return $"{new string('█', filled)}{new string('░', width - filled)} {percent,3} % ";
    }

    private static string Describe(ProgressRecord record)
    {
        string left = record.SecondsRemaining > 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):h\\:mm\\:ss} left" : string.Empty;
        return $"{record.Activity}: {record.StatusDescription}{left}";
    }

    private bool HasParent((long Source, ProgressRecord Record) item) =>
        _records.Exists(r => r.Source == item.Source && r.Record.ActivityId == item.Record.ParentActivityId);
}
