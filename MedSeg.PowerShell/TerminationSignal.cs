using System.Runtime.InteropServices;

namespace MedSeg.PowerShell;

/// <summary>
/// Lets a run save what it has when the process is asked to end: SIGTERM, which Slurm, systemd and docker stop send, and on Windows
/// the closed console window and the shutdown of the machine. A second signal ends the process at once.
/// </summary>
internal sealed class TerminationSignal : IDisposable
{
    // As shells report a process that SIGTERM or SIGHUP ended: 128 and the number of the signal.
    private const int Terminated = 128 + 15;
    private const int HungUp = 128 + 1;

    private static int s_running;
    private static int s_exitCode;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly Action _stop;
    private int _received;

    /// <summary>Initializes a new instance of the <see cref="TerminationSignal"/> class, which listens until it is disposed of.</summary>
    /// <param name="stop">Stops the run; called on another thread.</param>
    public TerminationSignal(Action stop)
    {
        _stop = stop;
        Interlocked.Increment(ref s_running);
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Receive(context, Terminated)));
        if (OperatingSystem.IsWindows())
        {
            // On Unix, a terminal that hangs up ends the process as before, except with nohup, which must stay so.
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Receive(context, HungUp)));
        }
    }

    /// <summary>Gets a value indicating whether the process is ending because it was asked to; all runs have saved what they have.</summary>
    public static bool IsExiting { get; private set; }

    /// <summary>Gets a value indicating whether the process was asked to end.</summary>
    public bool IsReceived => Volatile.Read(ref _received) > 0;

    /// <summary>Stops listening; ends the process if it was asked to end and this is the last run in it.</summary>
    public void Dispose()
    {
        _ended.Set();
        _registrations.ForEach(registration => registration.Dispose());
        _registrations.Clear();
        if (Interlocked.Decrement(ref s_running) == 0 && Volatile.Read(ref s_exitCode) is not 0 and int code)
        {
            IsExiting = true;
            Environment.Exit(code);
        }
    }

    private void Receive(PosixSignalContext context, int exitCode)
    {
        if (Interlocked.Increment(ref _received) > 1)
        {
            return;
        }

        context.Cancel = true;
        Volatile.Write(ref s_exitCode, exitCode);
        _stop();
        if (OperatingSystem.IsWindows())
        {
            // Windows ends the process when this returns.
            _ended.Wait();
        }
    }
}
