using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Folds and runs of a sweep on a real Slurm, where it is installed: arrays, requeue, preemption and tasks that fail.</summary>
public sealed class SlurmClusterTests : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Start = """
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $import = { Import-MedSegDataset ./data/train -InputSize 32 }
        $options = @{ BaseWidth = 2; BatchSize = 2; Device = 'Cpu'; CheckpointMinutes = 1000; CheckpointInterval = 100000; ModelName = 'spine' }
        $slurm = @{ Scheduler = 'Slurm'; DatasetScript = $import; Cpus = 1; Time = '00:20:00' }

        """;

    private readonly SlurmCluster _slurm;
    private readonly PwshProcess _pwsh = new();

    public SlurmClusterTests(SlurmCluster slurm)
    {
        _slurm = slurm;
        slurm.Prepare(_pwsh);
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public async Task Fold_that_is_requeued_and_one_that_is_preempted_continue_to_the_scores_of_one_machine()
    {
        Prepare();
        string job = Run("(& $import | Invoke-MedSegCrossValidation @options @slurm -Partition low -Folds 2 -Epochs 800 -OutputPath cv).JobId");
        await WaitForEpochs("cv/spine-fold1", 5);
        await WaitForEpochs("cv/spine-fold2", 5);
        _slurm.Run("scontrol", "requeue", $"{job}_1");

        // It needs the whole node, so the other fold must leave it.
        _slurm.Run("sbatch", "--partition=high", "--ntasks=2", "--output=/dev/null", "--wrap=sleep 1");
        await _slurm.WaitFor(job);

        string[] lines = Run("""
            $collected = & $import | Invoke-MedSegCrossValidation @options @slurm -Folds 2 -Epochs 800 -OutputPath cv -Collect
            $alone = & $import | Invoke-MedSegCrossValidation @options -Folds 2 -Epochs 800 -OutputPath alone
            "$($collected.Folds.Dice)" -eq "$($alone.Folds.Dice)"
            """).Split('\n');
        Attach();
        Assert.Equal("True", lines[^1]);
        foreach (int fold in (int[])[1, 2])
        {
            JsonNode[] log = [.. File.ReadAllLines(PathOf($"cv/spine-fold{fold}.log.jsonl")).Select(line => JsonNode.Parse(line)!)];
            Assert.Equal(Enumerable.Range(1, 800), log.Where(entry => (string?)entry["event"] == "epoch").Select(entry => (int)entry["epoch"]!));

            // SIGTERM came with time to save: no epoch was trained twice.
            Assert.True(log.Any(entry => (string?)entry["event"] == "interrupted"), $"Fold {fold} was not interrupted.");
        }
    }

    [Fact]
    public async Task Task_that_fails_says_why_and_is_trained_when_the_job_is_submitted_again()
    {
        Prepare();
        const string submit = "(& $import | Invoke-MedSegCrossValidation @options @slurm -Folds 2 -Epochs 2 -OutputPath cv -Resume).JobId";
        string job = Run($"$slurm.DatasetScript = {{ if ($env:SLURM_ARRAY_TASK_ID -eq 2) {{ throw 'The archive is away.' }}; Import-MedSegDataset ./data/train -InputSize 32 }}\n{submit}");
        await _slurm.WaitFor(job);

        Assert.Equal(("COMPLETED", "FAILED"), (_slurm.StateOf($"{job}_1"), _slurm.StateOf($"{job}_2")));
        Assert.Contains("The archive is away.", File.ReadAllText(PathOf($"cv/spine-{job}_2.txt")), StringComparison.Ordinal);
        const string collect = "& $import | Invoke-MedSegCrossValidation @options -Folds 2 -Epochs 2 -OutputPath cv -Collect";
        string message = Run($"try {{ {collect} }} catch {{ $_.ErrorDetails.Message }}");
        Assert.Equal($"1 of 2 folds is not finished: {Path.Combine("cv", "spine-fold2")} has not started.", message);

        await _slurm.WaitFor(Run(submit));
        Attach();
        Assert.Equal("2", Run($"({collect}).Folds.Count"));
    }

    [Fact]
    public void Waiting_returns_the_scores_of_one_machine_and_reports_a_task_that_fails()
    {
        Prepare();
        string[] lines = Run("""
            $waited = & $import | Invoke-MedSegCrossValidation @options @slurm -Folds 2 -Epochs 3 -OutputPath 'a 100 % cv' -Wait
            Test-Path 'a 100 % cv/spine-*_2.txt'
            $alone = & $import | Invoke-MedSegCrossValidation @options -Folds 2 -Epochs 3 -OutputPath alone
            "$($waited.Folds.Dice)" -eq "$($alone.Folds.Dice)"
            $slurm.DatasetScript = { if ($env:SLURM_ARRAY_TASK_ID -eq 2) { throw 'The archive is away.' }; Import-MedSegDataset ./data/train -InputSize 32 }
            $runs = & $import | Invoke-MedSegSweep @options @slurm -Grid @{ LearningRate = 0.001, 0.01 } -ValidationFraction 0.4 -Epochs 2 -OutputPath 'a 100 % sweep' -Wait -ErrorAction SilentlyContinue -ErrorVariable problems
            "$($runs.Name)"
            $problems[0].FullyQualifiedErrorId.Split(',')[0]
            $problems[0].ErrorDetails.Message
            """).Split('\n');
        Attach();

        Assert.Equal(["True", "True", "LearningRate-0.001", "TaskFailed"], lines[..4]);
        string[] message = lines[4].Split(": ");
        Assert.Equal("Slurm ended the task of run 2 with the state FAILED.", message[1]);
        Assert.Contains("The archive is away.", File.ReadAllText(message[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_a_sweep_are_tasks_and_their_scores_are_those_of_one_machine()
    {
        Prepare();
        const string sweep = "& $import | Invoke-MedSegSweep @options -Grid @{ LearningRate = 0.001, 0.01, 0.03 } -ValidationFraction 0.4 -Epochs 2 -ReportInterval 1";
        string[] lines = Run($"$job = {sweep} @slurm -Throttle 2 -OutputPath sweep\n$job.JobId\n$job.Runs.Count").Split('\n');
        Assert.Equal("3", lines[1]);
        await _slurm.WaitFor(lines[0]);
        Attach();

        Assert.Equal("True", Run($"""
            $collected = {sweep} -OutputPath sweep -Collect -BestOptionPath best.psd1
            $alone = {sweep} -OutputPath alone
            "$($collected.Name) $($collected.ValidationDice)" -eq "$($alone.Name) $($alone.ValidationDice)"
            """));
        Assert.Contains("--array=1,2,3%2", File.ReadAllText(PathOf("sweep/spine.sbatch")), StringComparison.Ordinal);
        Assert.True(File.Exists(PathOf("best.psd1")));
    }

    [Fact]
    public async Task Archive_is_segmented_by_an_array_as_the_page_says_and_the_next_array_skips_what_is_done()
    {
        Prepare();
        const string page = "docs/cluster.md";
        string alone = Run("""
            $null = & $import | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath .
            Copy-Item data/train/dicoms archive -Recurse
            $null = Invoke-MedSegSegmentation ./archive -Recurse -Model ./medseg.safetensors -OutputPath ./alone -Format Nifti
            (Get-ChildItem alone -File -Recurse | Get-FileHash).Hash -join ' '
            """);
        _pwsh.Script(PackageFixture.CodeBlock(page, "param([int] $Part"), "segment.ps1");
        string words = string.Join(' ', PwshProcess.CommandLine.Select(word => $"'{word}'"));
        string script = PackageFixture.CodeBlock(page, "--array=1-20").Replace("1-20", "1-2", StringComparison.Ordinal).Replace("-Parts 20", "-Parts 2", StringComparison.Ordinal)
            .Replace("--cpus-per-task=4", "--cpus-per-task=1", StringComparison.Ordinal).Replace("exec pwsh -NoProfile -NonInteractive", $"exec {words}", StringComparison.Ordinal);
        string path = _pwsh.Script(script, "segment.sbatch");

        string[] written = [];
        foreach (string expected in (string[])["COMPLETED", "COMPLETED"])
        {
            PwshResult submitted = _pwsh.RunProgram(string.Empty, "sbatch", "--parsable", "--output=printed-%A_%a.txt", path);
            Assert.Equal((0, string.Empty), (submitted.Code, submitted.Error));
            string job = submitted.Output.Trim();
            await _slurm.WaitFor(job);
            Assert.Equal((expected, expected), (_slurm.StateOf($"{job}_1"), _slurm.StateOf($"{job}_2")));
            Assert.Equal(alone, Run("(Get-ChildItem masks -File -Recurse | Get-FileHash).Hash -join ' '"));
            string[] times = [.. Directory.GetFiles(PathOf("masks"), "*.nii.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(mask => $"{mask} {File.GetLastWriteTimeUtc(mask):O}")];
            Assert.NotEmpty(times);
            Assert.True(written.Length == 0 || written.SequenceEqual(times), "Masks were written again.");
            written = times;
        }
    }

    private void Prepare()
    {
        _slurm.Require();
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1").Code);
    }

    private string PathOf(string name) => Path.Combine(_pwsh.Folder, name);

    private string Run(string script)
    {
        PwshResult result = _pwsh.Run(_pwsh.Script(Start + script));
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        return result.Output.Trim().ReplaceLineEndings("\n");
    }

    private async Task WaitForEpochs(string run, int epochs)
    {
        var watch = Stopwatch.StartNew();
        string log = PathOf(run + ".log.jsonl");
        while (!File.Exists(log) || File.ReadAllLines(log).Count(line => line.Contains("\"epoch\":", StringComparison.Ordinal)) < epochs)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(2))
            {
                Attach();
                Assert.Fail($"{run} did not train. {_slurm.Run("squeue")}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private void Attach()
    {
        foreach (string file in Directory.GetFiles(_pwsh.Folder, "spine-*.txt", SearchOption.AllDirectories))
        {
            TestContext.Current.AddAttachment(Path.GetRelativePath(_pwsh.Folder, file).Replace('/', '-'), File.ReadAllText(file));
        }
    }
}
