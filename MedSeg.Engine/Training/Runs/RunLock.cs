using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Training.Runs;

/// <summary>
/// Keeps a second run out of the files of one that is going. The system gives the lock up when a process ends, however
/// that happens, so a file that is left over stops nobody.
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
            RunStatus? other = RunStatus.Read(run.StatusPath);
            string who = other is null
                ? "another process"
                : string.Create(CultureInfo.InvariantCulture, $"process {other.ProcessId} (started {other.Started.ToLocalTime():yyyy-MM-dd HH:mm:ss}; {other.Epoch} of {other.Epochs} epochs are done)");
            throw new MedSegException(ErrorKind.AlreadyExists, "RunInProgress", $"{run.OutputPath}: {who} is training {run.ModelName} there. Wait until it ends, stop it, or give another -ModelName or -OutputPath.", run.OutputPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, "WriteFailed", $"{run.OutputPath}: the folder cannot be written to: {e.Message} Check that you may write there and that the disk is not full.", run.OutputPath, e);
        }
    }

    /// <summary>Says whether a run has the lock now.</summary>
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
            // Another user's: whether it is locked cannot be told.
            return false;
        }
    }

    // The file stays: deleting it would let two runs lock two files of the same name.
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
