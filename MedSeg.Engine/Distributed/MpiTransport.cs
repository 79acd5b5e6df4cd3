using MedSeg.Errors;

namespace MedSeg.Distributed;

/// <summary>
/// The ranks that an MPI launcher started. MPI can be initialized once in a process and ends with it, so the transport stays for all runs of
/// the process.
/// </summary>
internal sealed unsafe class MpiTransport : IRankTransport
{
    private const int Serialized = 2;
    private const int Tag = 25;
    private const int AbortSeconds = 5;
    private const int ForwardingMilliseconds = 1000;
    private static readonly object s_gate = new();
    private static MpiTransport? s_current;

    private readonly MpiLibrary _mpi;

    private MpiTransport(MpiLibrary mpi)
    {
        _mpi = mpi;
        int done;
        Require(mpi.Initialized(&done), "MPI_Initialized");
        if (done == 0)
        {
            // One thread at a time calls MPI, but not always the same one.
            int provided;
            Require(mpi.InitThread(null, null, Serialized, &provided), "MPI_Init_thread");
        }

        int rank;
        int size;
        Require(mpi.Rank(mpi.World, &rank), "MPI_Comm_rank");
        Require(mpi.Size(mpi.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public string Host => Environment.MachineName;

    /// <inheritdoc/>
    public string Description => $"{_mpi.Version} ({_mpi.Path})";

    /// <inheritdoc/>
    public bool IsExpected { get; set; }

    /// <summary>Joins the ranks that the launcher started; loads and initializes MPI if this process has not yet.</summary>
    /// <param name="library">The name or path of the library; null to look for it.</param>
    /// <param name="warn">Receives a warning about the environment; or null.</param>
    /// <exception cref="MedSegException">
    /// There is no usable library (<c>MpiNotLoaded</c>), or it does not see the processes that the launcher started (<c>MpiLauncherMismatch</c>).
    /// </exception>
    public static MpiTransport Join(string? library, Action<string>? warn)
    {
        lock (s_gate)
        {
            if (s_current is null)
            {
                var launcher = MpiLauncher.Current;
                if (NativeEnvironment.KeepUcxFromHandlingSignals() is { } handler)
                {
                    warn?.Invoke(
                        $"UCX_HANDLE_ERRORS is '{handler}'. If the MPI library uses UCX, the process may end with a segmentation fault. Set it to 'none'.");
                }

                var joined = new MpiTransport(MpiLibrary.Load(library, launcher));
                RequireLaunched(launcher.Size, joined.Size, joined.Description);
                if (launcher.Size is null && joined.Size == 1)
                {
                    warn?.Invoke("-Distributed Mpi was given, but no launcher started this process, so it trains alone. Start the script with mpirun or srun.");
                }

                s_current = joined;
            }

            return s_current;
        }
    }

    /// <summary>Refuses a library that is not the launcher's: each process would train alone and write to the same files.</summary>
    /// <param name="started">The number of processes that the launcher started; null where it does not say.</param>
    /// <param name="seen">The number of ranks that the library sees.</param>
    /// <param name="description">The library.</param>
    /// <exception cref="MedSegException"><c>MpiLauncherMismatch</c>: they differ.</exception>
    internal static void RequireLaunched(int? started, int seen, string description)
    {
        if (started is { } count && count != seen)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.MpiLauncherMismatch,
                $"The launcher started {count} processes, but {description} sees {seen}: the launcher belongs to another MPI.")
            {
                Advice = "Use the mpirun of this library, the right --mpi= of srun, or name the launcher's library with -MpiLibrary or "
                    + $"{MpiLibraryNames.Variable}.",
            };
        }
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> data, int rank)
    {
        fixed (byte* start = data)
        {
            Require(_mpi.Send(start, data.Length, _mpi.Byte, rank, Tag, _mpi.World), "MPI_Send");
        }
    }

    /// <inheritdoc/>
    public void Receive(Span<byte> data, int rank)
    {
        fixed (byte* start = data)
        {
            Require(_mpi.Receive(start, data.Length, _mpi.Byte, rank, Tag, _mpi.World, _mpi.IgnoreStatus), "MPI_Recv");
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<float> values)
    {
        fixed (float* start = values)
        {
            Require(_mpi.Broadcast(start, values.Length, _mpi.Float, 0, _mpi.World), "MPI_Bcast");
        }
    }

    /// <inheritdoc/>
    public void Exchange<T>(ReadOnlySpan<T> sent, int[] sentCounts, Span<T> received, int[] receivedCounts)
        where T : unmanaged
    {
        nint type = TypeOf<T>();
        fixed (int* sentCount = sentCounts, sentAt = Starts(sentCounts), receivedCount = receivedCounts, receivedAt = Starts(receivedCounts))
        fixed (T* from = sent, to = received)
        {
            Require(_mpi.AllToAll(from, sentCount, sentAt, type, to, receivedCount, receivedAt, type, _mpi.World), "MPI_Alltoallv");
        }
    }

    /// <inheritdoc/>
    public void Gather<T>(Span<T> values, int[] counts)
        where T : unmanaged
    {
        nint type = TypeOf<T>();
        fixed (int* count = counts, at = Starts(counts))
        fixed (T* start = values)
        {
            Require(_mpi.AllGather(_mpi.InPlace, 0, type, start, count, at, type, _mpi.World), "MPI_Allgatherv");
        }
    }

    /// <inheritdoc/>
    public void Abort(string message)
    {
        Say(message);

        // Some libraries wait for the thread that is inside them.
        using var timer = new Timer(_ => System.Diagnostics.Process.GetCurrentProcess().Kill(), null, AbortSeconds * 1000, Timeout.Infinite);
        _ = _mpi.Abort(_mpi.World, 1);
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }

    private nint TypeOf<T>() => typeof(T) == typeof(float) ? _mpi.Float : _mpi.UnsignedShort;

    private static int[] Starts(int[] counts)
    {
        int[] starts = new int[counts.Length];
        for (int i = 1; i < counts.Length; i++)
        {
            starts[i] = starts[i - 1] + counts[i - 1];
        }

        return starts;
    }

    // By default MPI ends the job instead of returning an error.
    private static void Require(int error, string function)
    {
        if (error != 0)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.MpiFailed, $"{function} failed with error {error}.")
            {
                Advice = "Check the network between the machines, and start the run again with -Resume.",
            };
        }
    }

    // The others would wait for ever for a process that fails without having told them.
    private void End()
    {
        int done;
        if (_mpi.Finalized(&done) != 0 || done != 0)
        {
            return;
        }

        if (IsExpected)
        {
            Say($"rank {Rank} on {Host} ends while the other ranks expect it to train, so they end, too.");
            _ = _mpi.Abort(_mpi.World, Math.Max(1, Environment.ExitCode));
        }
        else
        {
            // Waits for the others.
            _ = _mpi.Finalize();
            if (Environment.ExitCode != 0 && _mpi.Family == MpiFamily.Mpich && !OperatingSystem.IsWindows())
            {
                OutliveRank();
            }
        }
    }

    // After it has passed a signal on, MPICH's launcher reports 0 for each rank that it finds ended once all output is closed. It also asks for
    // exit codes whenever a line arrives, so another process writes one as soon as this rank has ended.
    private void OutliveRank()
    {
        try
        {
            // The standard input is a pipe that closes with this process, somewhat before the process has ended.
            string script = $"cat > /dev/null; sleep 1; echo 'MedSeg: rank {Rank} ended with exit code {Environment.ExitCode}.' >&2";
            _ = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardInput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No shell: the launcher may report 0.
        }
    }

    // MPICH's launcher ends at once when a rank calls MPI_Abort, and loses what it has not printed yet.
    private static void Say(string message)
    {
        Console.Error.WriteLine("MedSeg: " + message);
        Console.Error.Flush();
        Thread.Sleep(ForwardingMilliseconds);
    }
}
