using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Training.Runs;

/// <summary>
/// Keeps a second run out of the files of one that is running. The system releases the lock when the process ends, however that
/// happens, so a leftover file blocks nobody.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="MedSegException">Another run has it, or the folder cannot be written to.</exception>
    public static RunLock Take(RunOptions run)
    {
        try
        {
            Directory.CreateDirectory(run.OutputPath);
            return new RunLock(Open(run.LockPath));
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

    /// <summary>Releases the lock. The file stays: deleting it would let two runs lock two files of the same name.</summary>
    public void Dispose() => _file.Dispose();

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

    private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
