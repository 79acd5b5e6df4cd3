using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>
/// Keeps a second run out of the files of one that is running. The system releases the lock when the process ends, however that
/// happens, so a leftover file blocks nobody.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly RunOptions _run;
    private FileStream _file;

    private RunLock(RunOptions run, FileStream file) => (_run, _file) = (run, file);

    /// <summary>Takes the lock.</summary>
    /// <exception cref="MedSegException">Another run has it, or the folder cannot be written to.</exception>
    public static RunLock Take(RunOptions run)
    {
        try
        {
            FileChanges.CreateFolder(run.OutputPath);
            return new RunLock(run, Open(run.LockPath));
        }
        catch (IOException) when (File.Exists(run.LockPath) && IsHeld(run.LockPath))
        {
            string who = Describe(RunStatus.Read(run.StatusPath));
            throw new MedSegException(
                ErrorKind.AlreadyExists, ErrorIds.RunInProgress, $"{run.OutputPath}: {who} is training {run.ModelName} there.", run.OutputPath)
            {
                Advice = "Wait until it ends, stop it, or give another -ModelName or -OutputPath.",
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.WriteFailed, $"{run.OutputPath}: The folder cannot be written to: {e.Message}", run.OutputPath, e)
            {
                Advice = "Check that you may write there and that the disk is not full.",
            };
        }
    }

    /// <summary>Checks whether a run holds the lock now.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.None);
            }

            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's file: there is no way to know whether it is locked.
            return false;
        }
    }

    /// <summary>Takes the lock again if its file was deleted, for example with the folder of the run, which the next checkpoint creates again.</summary>
    /// <exception cref="MedSegException">Another run has taken it meanwhile (<c>RunInProgress</c>).</exception>
    public void Keep()
    {
        if (!IsDeleted())
        {
            return;
        }

        try
        {
            FileStream deleted = _file;
            _file = Take(_run)._file;
            deleted.Dispose();
        }
        catch (MedSegException e) when (e.Kind == ErrorKind.WriteFailed)
        {
            // Writing the checkpoint reports it.
        }
    }

    /// <summary>Releases the lock. The file stays: deleting it would let two runs lock two files of the same name.</summary>
    public void Dispose() => _file.Dispose();

    // Linux marks what a descriptor of a deleted file refers to; otherwise, a new file with the same name cannot be told from the old one.
    private bool IsDeleted() =>
        !File.Exists(_run.LockPath)
        || (OperatingSystem.IsLinux() && new FileInfo($"/proc/self/fd/{_file.SafeFileHandle.DangerousGetHandle()}").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == true);

    private static string Describe(RunStatus? other)
    {
        if (other is null)
        {
            return "Another process";
        }

        string started = other.ProcessStarted is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"started {time.ToLocalTime():yyyy-MM-dd HH:mm:ss}; ")
            : string.Empty;
        return $"Process {other.ProcessId} ({started}{other.Epoch} of {other.Epochs} epochs are done)";
    }

    private static FileStream Open(string path) => FileChanges.OpenLock(path);
}
