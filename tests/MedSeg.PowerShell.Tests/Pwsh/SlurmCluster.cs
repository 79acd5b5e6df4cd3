using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>
/// A Slurm of one node on this machine, without systemd: munged, slurmctld and slurmd in a folder of their own, on the loopback address. It has the
/// partitions low and high; a job of high takes the node from those of low, which Slurm requeues.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    private const int Cores = 2;
    private static readonly string[] s_programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"];
    private readonly string _folder = Directory.CreateTempSubdirectory("slurm").FullName;
    private readonly string? _failure;
    private readonly bool _isStarted;

    public SlurmCluster()
    {
        if (Missing is null)
        {
            _isStarted = true;
            _failure = Start();
        }
    }

    /// <summary>Gets why there is no cluster; null where there is one.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "Slurm runs on Linux only."
        : Array.Find(s_programs, program => !File.Exists(program)) is { } program ? $"{program} is missing: apt-get install slurm-wlm munge"
        : Environment.UserName != "root" ? "The daemons of Slurm must be started as root."
        : null;

    private string Configuration => Path.Combine(_folder, "slurm.conf");

    private string Socket => Path.Combine(_folder, "munge.socket");

    /// <summary>Gives a process the cluster, and ranks that share cores threads that sleep.</summary>
    /// <param name="pwsh">The process.</param>
    internal void Prepare(PwshProcess pwsh)
    {
        pwsh.Environment["SLURM_CONF"] = Configuration;
        pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
    }

    /// <summary>Skips the test where Slurm is not installed; fails it where it did not start.</summary>
    public void Require()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? string.Empty);
        Assert.True(_failure is null, _failure);
    }

    /// <summary>Runs a command of Slurm.</summary>
    /// <returns>What it printed.</returns>
    public string Run(string program, params string[] arguments)
    {
        (int code, string output) = TryRun(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}");
        return output.Trim();
    }

    /// <summary>Gets the state of a task, such as PENDING, RUNNING, COMPLETED or FAILED.</summary>
    /// <param name="task">Its name: the number of the job, _ and that of the task.</param>
    public string StateOf(string task)
    {
        string[] words = Run("scontrol", "show", "job", task).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.First(word => word.StartsWith("JobState=", StringComparison.Ordinal))["JobState=".Length..];
    }

    /// <summary>Waits until no task of a job waits or runs.</summary>
    /// <param name="job">The number of the job.</param>
    public async Task WaitFor(string job)
    {
        var watch = Stopwatch.StartNew();
        while (Run("squeue", "--noheader", "--jobs", job).Length > 0)
        {
            // A task that was requeued waits two minutes, so that a node which fails does not get it again at once.
            foreach (string task in Run("squeue", "--noheader", "--jobs", job, "--states=PENDING", "--format=%i").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(task => !task.Contains('[', StringComparison.Ordinal)))
            {
                _ = TryRun("scontrol", "update", $"JobId={task}", "StartTime=now");
            }

            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(3), Run("squeue") + File.ReadAllText(Path.Combine(_folder, "slurmctld.log")));
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (_isStarted)
        {
            _ = TryRun("scancel", "--user=root");
            Thread.Sleep(500);
            foreach (string daemon in (string[])["slurmd", "slurmctld", "munged"])
            {
                Stop(daemon);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string? Start()
    {
        int[] ports = [FreePort(), FreePort()];
        string host = Environment.MachineName.Split('.')[0];
        string key = Path.Combine(_folder, "munge.key");
        byte[] secret = new byte[128];
        new Random(1).NextBytes(secret);
        File.WriteAllBytes(key, secret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        Directory.CreateDirectory(Path.Combine(_folder, "spool"));
        File.WriteAllText(Configuration, $"""
            ClusterName=medseg
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            SlurmdPort={ports[1]}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={Socket}
            CredType=cred/munge
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd.pid
            SlurmctldLogFile={_folder}/slurmctld.log
            SlurmdLogFile={_folder}/slurmd.log
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SchedulerType=sched/backfill
            SchedulerParameters=bf_interval=1,sched_interval=2,batch_sched_delay=0
            SlurmdParameters=config_overrides
            CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
            MpiDefault=none
            ReturnToService=2
            KillWait=30
            JobRequeue=1
            PreemptType=preempt/partition_prio
            PreemptMode=REQUEUE
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Cores} RealMemory=2000 State=UNKNOWN
            PartitionName=low Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=0
            PartitionName=high Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF

            """);
        (string Program, string[] Arguments)[] daemons =
        [
            ("/usr/sbin/munged", ["--force", $"--key-file={key}", $"--socket={Socket}", $"--pid-file={_folder}/munged.pid", $"--log-file={_folder}/munged.log", $"--seed-file={_folder}/munge.seed"]),
            ("/usr/sbin/slurmctld", ["-c", "-f", Configuration]),
            ("/usr/sbin/slurmd", ["-c", "-f", Configuration]),
        ];
        foreach ((string program, string[] arguments) in daemons)
        {
            (int code, string output) = TryRun(program, arguments);
            if (code != 0)
            {
                return $"{program}: {output}";
            }
        }

        var watch = Stopwatch.StartNew();
        while (!TryRun("sinfo", "--noheader", "--format=%T").Output.Contains("idle", StringComparison.Ordinal))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(30))
            {
                return string.Join('\n', Directory.GetFiles(_folder, "*.log").Select(File.ReadAllText));
            }

            Thread.Sleep(100);
        }

        return null;
    }

    // Daemons go into the background and keep the output open, so it goes to a file.
    private (int Code, string Output) TryRun(string program, params string[] arguments)
    {
        string file = Path.Combine(_folder, Path.GetFileName(program) + ".txt");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" > \"$out\" 2>&1 < /dev/null", "sh", file, program, .. arguments]);
        start.Environment["SLURM_CONF"] = Configuration;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText(file));
    }

    private void Stop(string daemon)
    {
        string file = Path.Combine(_folder, daemon + ".pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file).Trim(), out int id))
        {
            return;
        }

        using Process kill = Process.Start("kill", [id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        var watch = Stopwatch.StartNew();
        while (Directory.Exists($"/proc/{id}") && watch.Elapsed < TimeSpan.FromSeconds(10))
        {
            Thread.Sleep(50);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
