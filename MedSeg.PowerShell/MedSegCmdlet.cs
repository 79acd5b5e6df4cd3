using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Labels;
using MedSeg.Natives;
using MedSeg.Threading;

namespace MedSeg.PowerShell;

/// <summary>The base of all cmdlets: cancellation, progress, what is written, and the errors of work in the engine.</summary>
public abstract class MedSegCmdlet : PathCmdlet, IDisposable
{
    private const int UpdateMilliseconds = 200;
    private readonly CancellationTokenSource _stop = new();
    private long _lastProgress;

    /// <summary>Gets the token that Ctrl+C cancels.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Outputs a written file as Get-Item does.</summary>
    /// <param name="path">The absolute path.</param>
    protected void WriteFile(string path) =>
        WriteObject(InvokeProvider.Item.Get([$"Microsoft.PowerShell.Core\\FileSystem::{path}"], force: true, literalPath: true), enumerateCollection: true);

    /// <summary>Releases the resources of the cmdlet.</summary>
    /// <param name="disposing">Whether to release managed resources.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Ends the command if a file would be overwritten without -Force.</summary>
    /// <param name="path">The absolute path of the file to write.</param>
    /// <param name="force">Whether it may be replaced.</param>
    protected void RefuseToOverwrite(string path, bool force)
    {
        if (!force && File.Exists(path))
        {
            Fail(new MedSegException(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{path}: The file already exists.", path) { Advice = "Use -Force to replace it." });
        }
    }

    /// <summary>Ends the command now if a file could not be written at the end of it: after a night of training would be too late.</summary>
    /// <param name="path">The absolute path of the file to write.</param>
    /// <param name="force">Whether it may be replaced.</param>
    /// <param name="extension">The extension of its format, such as .png; null where any will do.</param>
    protected void RequireOutput(string path, bool force, string? extension = null)
    {
        RefuseToOverwrite(path, force);
        if (extension is not null && !string.Equals(Path.GetExtension(path), extension, StringComparison.OrdinalIgnoreCase))
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OutputExtension, $"{path}: The command writes {extension} files, but the name does not have this extension.", path)
            {
                Advice = $"Use the name {Path.ChangeExtension(Path.GetFileName(path), extension)}.",
            });
        }

        Try(() => AtomicFile.RequireWritable(path));
    }

    /// <summary>Ends the command now if the workbook of -Excel could not be written at the end of it.</summary>
    /// <param name="path">The path as given; null for no workbook.</param>
    /// <param name="force">Whether it may be replaced.</param>
    private protected void RequireWorkbook(string? path, bool force)
    {
        if (path is not null)
        {
            RequireOutput(Resolve(path), force, ".xlsx");
        }
    }

    /// <summary>Writes a file. Where another program has it open, a numbered one is written next to it, with a warning.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="write">Writes the content.</param>
    /// <returns>The absolute path of the file that was written.</returns>
    private protected string WriteOutput(string path, Action<Stream> write) =>
        Try(() => AtomicFile.WriteOrNumber(path, write, new EngineEvents { Warning = WriteWarning }));

    /// <summary>Writes a text file in UTF-8.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="text">The text.</param>
    /// <returns>As <see cref="WriteOutput"/>.</returns>
    private protected string WriteText(string path, string text) => WriteOutput(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes the workbook of -Excel.</summary>
    /// <param name="path">The path as given; null for no workbook.</param>
    /// <param name="write">Writes the content.</param>
    private protected void WriteWorkbook(string? path, Action<Stream> write)
    {
        if (path is not null && Resolve(path) is string resolved && ShouldProcess(resolved, "Write the workbook"))
        {
            WriteOutput(resolved, write);
        }
    }

    /// <summary>Calls the engine; its errors end the command.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="work">The call.</param>
    /// <returns>The result.</returns>
    protected T Try<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return work();
        }
        catch (MedSegException e)
        {
            Fail(e);
        }
        catch (OutOfMemoryException e)
        {
            Fail(new MedSegException(ErrorKind.Device, ErrorIds.OutOfMemory, $"There is not enough memory: {e.Message}", innerException: e) { Advice = "Close other programs, or work on fewer or smaller files." });
        }
        catch (Exception e) when (NativeLibraries.Explain(e) is not null)
        {
            Fail(NativeLibraries.Explain(e)!);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        throw new UnreachableException();
    }

    /// <summary>Calls the engine; its errors end the command.</summary>
    /// <param name="work">The call.</param>
    protected void Try(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Try<object?>(() =>
        {
            work();
            return null;
        });
    }

    /// <summary>Calls the engine on another thread and shows its progress meanwhile.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="activity">The title of the progress bar.</param>
    /// <param name="work">The call; it must stop on <see cref="StopToken"/>.</param>
    /// <returns>The result.</returns>
    private protected T TryWithProgress<T>(string activity, Func<LatestProgress, T> work)
    {
        var latest = new LatestProgress();
        long started = Stopwatch.GetTimestamp();
        Task<T> task = Task.Run(() => work(latest));
        var record = new ProgressRecord(1, activity, "Starting");
        bool isShown = false;
        try
        {
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(UpdateMilliseconds))
            {
                if (latest.Value is { } report)
                {
                    Describe(record, report);
                    Report(record);
                    isShown = true;
                }
            }
        }
        catch (PipelineStoppedException)
        {
            _stop.Cancel();
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            throw;
        }
        finally
        {
            if (isShown)
            {
                Complete(record);
            }
        }

        foreach (string decision in latest.Decisions)
        {
            WriteVerbose(decision);
        }

        foreach (string warning in latest.Warnings)
        {
            WriteWarning(warning);
        }

        T result = Try(() => task.GetAwaiter().GetResult());
        WriteDebug(string.Create(CultureInfo.InvariantCulture, $"{activity}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.000} s."));
        return result;
    }

    /// <summary>Makes an error record of a problem of one file, after which the command continues.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="target">The object at fault.</param>
    /// <returns>The record.</returns>
    protected ErrorRecord ToRecord(LabelProblem problem, object target)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return ToRecord(new MedSegException(ErrorKind.InvalidData, problem.Code, problem.Message) { Advice = problem.Advice }, target);
    }

    /// <summary>Fills a progress record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="progress">The progress of the engine.</param>
    /// <param name="items">What is counted in the work itself, such as slices; may be null.</param>
    private protected static void Describe(ProgressRecord record, WorkProgress progress, string? items = null)
    {
        string count = progress.Total > 0 ? $"{progress.Done} of {progress.Total}" : $"{progress.Done}";
        record.StatusDescription = progress.Stage is { } stage ? $"{stage}: {count}" : items is null ? count : $"{count} {items}";
        record.PercentComplete = progress.Total > 0 ? (int)(100L * progress.Done / progress.Total) : -1;
    }

    /// <summary>Removes a progress bar; to be called in finally, so that no bar stays after an error.</summary>
    /// <param name="record">The progress that was shown.</param>
    protected void Complete(ProgressRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        record.RecordType = ProgressRecordType.Completed;
        if (!StopToken.IsCancellationRequested)
        {
            WriteProgress(record);
        }
    }

    /// <summary>Shows progress, at most five times a second.</summary>
    /// <param name="record">The progress.</param>
    protected void Report(ProgressRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (Stopwatch.GetElapsedTime(_lastProgress).TotalMilliseconds >= UpdateMilliseconds)
        {
            _lastProgress = Stopwatch.GetTimestamp();
            WriteProgress(record);
        }
    }
}
