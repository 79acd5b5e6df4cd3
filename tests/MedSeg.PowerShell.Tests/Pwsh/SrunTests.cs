using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Training by several ranks that srun starts on a real Slurm of one node: Open MPI by PMIx and MPICH by PMI2, where they are installed.</summary>
public sealed class SrunTests : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Train = """
        param([string] $Name, [int] $Epochs, [string] $More)
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        Set-Content "pid-$env:SLURM_PROCID.txt" $PID
        $options = @{ OutputPath = $Name; Device = 'Cpu'; BaseWidth = 2; BatchSize = 4; Shares = 4; Epochs = $Epochs; CheckpointMinutes = 1000; CheckpointInterval = 100000; Resume = $true }
        if ($env:SLURM_PROCID) { $options.Distributed = 'Mpi' }
        if ($More) { $options.MpiLibrary = $More }
        $records = Import-MedSegDataset data/train -InputSize 32 | Start-MedSegTraining @options -Verbose
        "rank $env:SLURM_PROCID returned $(@($records).Count) records"
        """;

    private readonly SlurmCluster _slurm;
    private readonly PwshProcess _pwsh = new();

    public SrunTests(SlurmCluster slurm)
    {
        _slurm = slurm;
        slurm.Prepare(_pwsh);
        _pwsh.Script(Train, "train.ps1");
    }

    public static TheoryData<string, string> Launches => new() { { "pmix", "libmpi.so.40" }, { "pmi2", "libmpich.so.12" } };

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [MemberData(nameof(Launches))]
    public async Task Ranks_that_srun_starts_have_the_digits_of_a_single_process(string pmi, string library)
    {
        Prepare(pmi, library);
        string job = Submit(pmi, "together", 3);
        await _slurm.WaitFor(job);
        PwshResult alone = _pwsh.Run("-File", "train.ps1", "alone", "3");

        Assert.Equal((0, string.Empty), (alone.Code, alone.Error));
        string printed = Printed(job);
        Assert.True(_slurm.StateOf(job) == "COMPLETED", printed);
        Assert.Contains("rank 0 returned 3 records", printed, StringComparison.Ordinal);
        Assert.Contains("rank 1 returned 0 records", printed, StringComparison.Ordinal);
        Assert.Contains("Training together: 2 ranks on ", printed, StringComparison.Ordinal);
        Assert.Contains(library, printed, StringComparison.Ordinal);
        Assert.Equal(Losses("alone"), Losses("together"));
    }

    [Theory]
    [MemberData(nameof(Launches))]
    public async Task Signal_before_the_time_limit_saves_a_checkpoint_and_the_job_continues_when_it_is_submitted_again(string pmi, string library)
    {
        Prepare(pmi, library);
        string job = Submit(pmi, "run", 100000);
        await WaitForEpochs(job, "run", 3);

        // As --signal=TERM@120 does: to the ranks, and not to the script of the job.
        _slurm.Run("scancel", "--signal=TERM", job);
        await _slurm.WaitFor(job);

        Assert.True(EventsOf("run")[^1] == "interrupted", Printed(job));
        int epochs = Losses("run").Count + 1;
        string next = Submit(pmi, "run", epochs);
        await _slurm.WaitFor(next);
        Assert.True(_slurm.StateOf(next) == "COMPLETED", Printed(next));
        Assert.Equal(Enumerable.Range(1, epochs).Select(epoch => $"{epoch}"), Losses("run").Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [MemberData(nameof(Launches))]
    public async Task Rank_that_is_killed_ends_the_job(string pmi, string library)
    {
        Prepare(pmi, library);
        string job = Submit(pmi, "run", 100000);
        await WaitForEpochs(job, "run", 2);

        _pwsh.RunProgram(string.Empty, "kill", "-KILL", File.ReadAllText(PathOf("pid-1.txt")).Trim());
        await _slurm.WaitFor(job);

        Assert.Equal("FAILED", _slurm.StateOf(job));
    }

    [Fact]
    public async Task Library_that_the_launcher_does_not_serve_is_refused()
    {
        Prepare("none", "libmpich.so.12");
        string job = Submit("none", "run", 2, "libmpich.so.12");
        await _slurm.WaitFor(job);

        Assert.Equal("FAILED", _slurm.StateOf(job));
        Assert.Contains("The launcher started 2 processes, but MPICH", Printed(job), StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("run")));
    }

    private void Prepare(string pmi, string library)
    {
        _slurm.Require();
        Assert.SkipUnless(File.Exists(Path.Combine("/usr/lib/x86_64-linux-gnu", library)), $"{library} is not installed (Debian packages openmpi-bin and mpich).");
        PwshResult usable = _pwsh.RunProgram(string.Empty, "srun", "--ntasks=1", $"--mpi={pmi}", "true");
        Assert.SkipWhen(usable.Error.Contains("can not load PMIx library", StringComparison.Ordinal), "Slurm finds no libpmix.so (Debian package libpmix-dev).");
        Assert.Equal((0, string.Empty), (usable.Code, usable.Error));
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2").Code);
    }

    // The script of docs/cluster.md, on one node.
    private string Submit(string pmi, string name, int epochs, string more = "")
    {
        string words = string.Join(' ', PwshProcess.CommandLine.Select(word => $"'{word}'"));
        string script = PackageFixture.CodeBlock("docs/cluster.md", "#SBATCH --ntasks-per-node=2")
            .Replace("--nodes=2", "--nodes=1", StringComparison.Ordinal)
            .Replace("--cpus-per-task=4", "--cpus-per-task=1", StringComparison.Ordinal)
            .Replace("--mpi=pmix", $"--mpi={pmi}", StringComparison.Ordinal)
            .Replace("pwsh -NoProfile -NonInteractive -File train.ps1", $"{words} -File train.ps1 {name} {epochs} {more}", StringComparison.Ordinal);
        PwshResult submitted = _pwsh.RunProgram(string.Empty, "sbatch", "--parsable", "--output=printed-%j.txt", _pwsh.Script(script, "train.sbatch"));
        Assert.Equal((0, string.Empty), (submitted.Code, submitted.Error));
        return submitted.Output.Trim();
    }

    private string PathOf(string name) => Path.Combine(_pwsh.Folder, name);

    private string Printed(string job) => File.Exists(PathOf($"printed-{job}.txt")) ? File.ReadAllText(PathOf($"printed-{job}.txt")) : string.Empty;

    private IEnumerable<JsonNode> Log(string name) => File.ReadAllLines(PathOf($"{name}/medseg.log.jsonl")).Select(line => JsonNode.Parse(line)!);

    private List<string> EventsOf(string name) => [.. Log(name).Select(entry => (string)entry["event"]!)];

    private List<string> Losses(string name) => [.. Log(name).Where(entry => (string?)entry["event"] == "epoch").Select(entry => $"{entry["epoch"]} {entry["loss"]}")];

    private async Task WaitForEpochs(string job, string name, int epochs)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(PathOf($"{name}/medseg.log.jsonl")) || Losses(name).Count < epochs)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"{_slurm.Run("squeue")}\n{Printed(job)}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
