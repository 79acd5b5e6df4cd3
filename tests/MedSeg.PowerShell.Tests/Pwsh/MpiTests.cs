using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Training by several processes that a real MPI launcher starts: Open MPI and MPICH, where they are installed.</summary>
public sealed class MpiTests : IDisposable
{
    private const string Script = """
        param([string] $Name, [int] $Epochs, [string[]] $More)
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $rank = "$env:OMPI_COMM_WORLD_RANK$env:PMI_RANK"
        Set-Content "pid-$rank.txt" $PID
        $options = @{ OutputPath = $Name; Device = 'Cpu'; BaseWidth = 2; BatchSize = 4; Shares = 4; Epochs = $Epochs; CheckpointMinutes = 0; ValidationFraction = 0.3; ReportInterval = 2 }
        if ($rank) { $options.Distributed = 'Mpi' }
        switch ($More) {
            'Resume' { $options.Resume = $true; $options.Remove('Shares') }
            'Differ' { $options.LearningRate = "0.00$rank" + '1' }
            'Narrow' { $options.GradientFormat = 'BFloat16'; $options.BaseWidth = 16 }
            'Wide' { $options.BaseWidth = 16 }
            'Hurry' { $options.MpiTimeout = 4 }
            'Other' { $options.MpiLibrary = $env:OTHER_LIBRARY }
        }
        Import-MedSegDataset data/train -InputSize 32 | Start-MedSegTraining @options -Verbose | Export-MedSegHistory -Path "$Name-$rank.csv" -Force
        if ($More -eq 'Null') { try { $null = [Runtime.InteropServices.Marshal]::ReadByte([IntPtr]::Zero) } catch { "caught $($_.Exception.GetBaseException().GetType().Name)" } }
        "rank $rank is done"
        """;

    private readonly PwshProcess _pwsh = new();

    public MpiTests()
    {
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
        _pwsh.Environment["OMP_NUM_THREADS"] = "1";
        _pwsh.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        _pwsh.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        _pwsh.Script(Script, "train.ps1");
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 2").Code);
    }

    public static TheoryData<string> Launchers => ["mpirun.openmpi", "mpirun.mpich"];

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [MemberData(nameof(Launchers))]
    public async Task Run_of_two_ranks_that_is_killed_resumes_with_one_to_the_digits_of_a_single_process(string launcher)
    {
        using Process job = Start(launcher, 2, "together", 100000);
        await WaitForEpochs(job, "together", 3);
        Kill("-KILL", PidOf(1));
        await job.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, job.ExitCode);
        int epochs = Losses("together").Count + 1;

        (int code, string output) = Run(launcher, 1, "together", epochs, "Resume");
        Assert.True(code == 0, output);
        (code, output) = Run(launcher, 4, "together", epochs + 1, "Resume");
        Assert.True(code == 0, output);
        Assert.Equal(4, output.Split("is done").Length - 1);
        PwshResult alone = _pwsh.Run("-File", "train.ps1", "alone", $"{epochs + 1}");

        Assert.Equal((0, string.Empty), (alone.Code, alone.Error));
        Assert.Equal(Losses("alone"), Losses("together"));
        Assert.True(File.Exists(Path.Combine(_pwsh.Folder, "together", "medseg.safetensors")));
        Assert.False(File.Exists(Path.Combine(_pwsh.Folder, "together-1.csv")), "Only rank 0 returns records.");
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public void Gradients_as_bfloat16_give_the_digits_of_a_single_process_and_half_as_many_bytes(string launcher)
    {
        (int code, string output) = Run(launcher, 2, "narrow", 2, "Narrow");
        Assert.True(code == 0, output);
        (int wideCode, string wide) = Run(launcher, 2, "wide", 2, "Wide");
        Assert.True(wideCode == 0, wide);
        PwshResult alone = _pwsh.Run("-File", "train.ps1", "alone", "2", "Narrow");

        Assert.Equal((0, string.Empty), (alone.Code, alone.Error));
        Assert.Equal(Losses("alone"), Losses("narrow"));
        Assert.NotEqual(Losses("wide"), Losses("narrow"));
        Assert.InRange(Sent(wide) / Sent(output), 1.9, 2.1);
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public async Task Rank_that_hangs_ends_the_job_with_its_name_and_machine(string launcher)
    {
        using Process job = Start(launcher, 2, "run", 100000, "Hurry");
        Task<string> error = job.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForEpochs(job, "run", 1);

        Kill("-STOP", PidOf(1));
        await job.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, job.ExitCode);
        Assert.Contains($"Rank 1 on {Environment.MachineName} has not answered for 4 s.", await error, StringComparison.Ordinal);
        Assert.Equal("Failed", $"{_pwsh.Run("-Command", "(Get-MedSegRun run).State").Output.Trim()}");
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public void Ranks_that_differ_are_refused(string launcher)
    {
        (int code, string output) = Run(launcher, 2, "run", 2, "Differ");

        Assert.NotEqual(0, code);
        Assert.Contains("The ranks differ: -LearningRate is 0.0001 on rank 0", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_pwsh.Folder, "run")));
    }

    [Theory]
    [InlineData("mpirun.openmpi", 2, true)]
    [InlineData("mpirun.openmpi", 2, false)]
    [InlineData("mpirun.mpich", 2, true)]
    [InlineData("mpirun.mpich", 1, true)]
    public async Task Job_that_is_asked_to_end_saves_a_checkpoint(string launcher, int ranks, bool isLauncher)
    {
        using Process job = Start(launcher, ranks, "run", 100000);
        Task<string> error = job.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForEpochs(job, "run", 2);

        // mpirun passes SIGTERM on to all ranks. One rank that is asked alone stops the others, too.
        Kill("-TERM", isLauncher ? $"{job.Id}" : PidOf(1));
        await job.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(job.ExitCode != 0, await error);
        Assert.Equal(launcher == "mpirun.mpich", (await error).Contains("MedSeg: rank 0 ended with exit code 143.", StringComparison.Ordinal));
        JsonNode last = JsonNode.Parse(File.ReadAllLines(Path.Combine(_pwsh.Folder, "run", "medseg.log.jsonl"))[^1])!;
        Assert.Equal("interrupted", (string?)last["event"]);
        (int code, string output) = Run(launcher, ranks, "run", Losses("run").Count + 1, "Resume");
        Assert.True(code == 0, output);
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public void Segmentation_fault_is_still_an_exception_of_NET_unless_the_user_has_UCX_handle_it(string launcher)
    {
        (int code, string output) = Run(launcher, 2, "run", 1, "Null");
        _pwsh.Environment["UCX_HANDLE_ERRORS"] = "freeze";
        (int setCode, string set) = Run(launcher, 2, "again", 1);

        Assert.True(code == 0, output);
        Assert.Equal(2, Regex.Count(output, "caught (NullReference|AccessViolation)Exception"));
        Assert.DoesNotContain("UCX_HANDLE_ERRORS", output, StringComparison.Ordinal);
        Assert.True(setCode == 0, set);
        Assert.Contains("UCX_HANDLE_ERRORS is 'freeze'.", set.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Library_of_another_MPI_is_refused()
    {
        Require("mpirun.openmpi");
        Require("mpirun.mpich");
        _pwsh.Environment["OTHER_LIBRARY"] = "libmpich.so.12";

        (int code, string output) = Run("mpirun.openmpi", 2, "run", 2, "Other");

        Assert.NotEqual(0, code);
        Assert.Contains("The launcher started 2 processes, but MPICH", output, StringComparison.Ordinal);
    }

    private static void Require(string launcher) => Assert.SkipUnless(
        OperatingSystem.IsLinux() && File.Exists(Path.Combine("/usr/bin", launcher)), $"{launcher} is not installed (Debian packages openmpi-bin and mpich).");

    private static void Kill(string signal, string process)
    {
        using var kill = Process.Start("kill", [signal, process]);
        kill.WaitForExit();
    }

    private string PidOf(int rank) => File.ReadAllText(Path.Combine(_pwsh.Folder, $"pid-{rank}.txt")).Trim();

    private Process Start(string launcher, int ranks, string name, int epochs, string more = "")
    {
        Require(launcher);
        string[] options = launcher.EndsWith("openmpi", StringComparison.Ordinal) ? ["--oversubscribe", "--bind-to", "none", "--mca", "odls_base_sigkill_timeout", "5"] : [];
        return _pwsh.Start([launcher, .. options, "-n", $"{ranks}", .. PwshProcess.CommandLine, "-File", "train.ps1", name, $"{epochs}", more]);
    }

    private (int Code, string Output) Run(string launcher, int ranks, string name, int epochs, string more = "")
    {
        using Process job = Start(launcher, ranks, name, epochs, more);
        Task<string> error = job.StandardError.ReadToEndAsync();
        string output = job.StandardOutput.ReadToEnd();
        job.WaitForExit();
        return (job.ExitCode, output + error.Result);
    }

    // In MB, as the last line of the run says.
    private static double Sent(string output) =>
        double.Parse(Regex.Match(output.ReplaceLineEndings(" "), "and sent ([0-9.]+) MB").Groups[1].Value, CultureInfo.InvariantCulture);

    private List<string> Losses(string name) =>
    [
        .. File.ReadAllLines(Path.Combine(_pwsh.Folder, name, "medseg.log.jsonl")).Select(line => JsonNode.Parse(line)!)
            .Where(entry => (string?)entry["event"] == "epoch").Select(entry => $"{entry["epoch"]} {entry["loss"]} {entry["dice"]}"),
    ];

    private async Task WaitForEpochs(Process job, string name, int epochs)
    {
        string log = Path.Combine(_pwsh.Folder, name, "medseg.log.jsonl");
        var watch = Stopwatch.StartNew();
        while (!File.Exists(log) || File.ReadAllLines(log).Length <= epochs)
        {
            Assert.False(job.HasExited || watch.Elapsed > TimeSpan.FromMinutes(4), "Training did not begin.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
