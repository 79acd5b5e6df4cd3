using System.Diagnostics;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>
/// A file next to the lock of a run with which another process asks the run to stop, on any system and for any user who may write to the
/// folder. The run looks for it between two steps and deletes it.
/// </summary>
internal sealed class StopRequest : IDisposable
{
    // A step takes milliseconds; a look at a network share may take as long.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly DateTime? _leftOver;
    private long _looked = Stopwatch.GetTimestamp();

    /// <summary>Initializes a new instance of the <see cref="StopRequest"/> class. A request to an earlier run is deleted.</summary>
    /// <param name="run">Where the run writes.</param>
    public StopRequest(RunOptions run)
    {
        _path = run.StopPath;
        AtomicFile.DeleteQuietly(_path);

        // One that cannot be deleted is told from a new one by its time.
        _leftOver = TimeOf(_path);
    }

    /// <summary>Gets a value indicating whether the run was asked to stop, as far as it has looked.</summary>
    public bool IsMade { get; private set; }

    /// <summary>Asks a run to stop.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <exception cref="MedSegException">The file cannot be written (<c>WriteFailed</c>).</exception>
    public static void Make(RunOptions run) => AtomicFile.Write(run.StopPath, _ => { });

    /// <summary>Looks for a request, at most once a second.</summary>
    /// <returns>Whether the run was asked to stop.</returns>
    public bool LookSometimes() => IsMade || (Stopwatch.GetElapsedTime(_looked) >= s_interval && Look());

    /// <summary>Looks for a request now.</summary>
    /// <returns>Whether the run was asked to stop.</returns>
    public bool Look()
    {
        _looked = Stopwatch.GetTimestamp();
        IsMade |= TimeOf(_path) is { } time && time != _leftOver;
        return IsMade;
    }

    /// <summary>Deletes the request.</summary>
    public void Dispose() => AtomicFile.DeleteQuietly(_path);

    private static DateTime? TimeOf(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;
}
