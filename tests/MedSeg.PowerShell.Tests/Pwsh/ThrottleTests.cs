using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Folds and runs of a sweep as processes of this machine, some at a time.</summary>
public sealed class ThrottleTests : IDisposable
{
    private const string Start = """
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $import = { Import-MedSegDataset ./data/train -InputSize 32 }
        $options = @{ BaseWidth = 2; BatchSize = 2; Device = 'Cpu'; CheckpointMinutes = 1000; CheckpointInterval = 100000 }

        """;

    private readonly PwshProcess _pwsh = new();

    public ThrottleTests()
    {
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1").Code);
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Folds_in_processes_have_the_scores_of_one_process_and_a_fold_that_fails_does_not_stop_the_others()
    {
        string[] lines = Run("""
            $failing = { if ((Get-Variable Fold -ValueOnly) -eq 2) { throw 'The archive is away.' }; Import-MedSegDataset ./data/train -InputSize 32 }
            try { & $import | Invoke-MedSegCrossValidation @options -Folds 3 -Epochs 2 -Throttle 2 -DatasetScript $failing -OutputPath cv -ErrorAction SilentlyContinue -ErrorVariable problems } catch { $_.ErrorDetails.Message }
            $problems[0].FullyQualifiedErrorId.Split(',')[0]
            (Get-Content cv/medseg-fold2.txt -Raw) -match 'The archive is away.'
            $together = & $import | Invoke-MedSegCrossValidation @options -Folds 3 -Epochs 2 -Throttle 2 -DatasetScript $import -OutputPath cv -Resume
            $alone = & $import | Invoke-MedSegCrossValidation @options -Folds 3 -Epochs 2 -OutputPath alone
            "$($together.Folds.Dice)" -eq "$($alone.Folds.Dice)"
            """).Split('\n');

        Assert.Equal([$"1 of 3 folds is not finished: {Path.Combine("cv", "medseg-fold2")} has not started.", "TaskFailed", "True", "True"], lines);
    }

    [Fact]
    public async Task SIGTERM_stops_all_processes_and_each_saves_a_checkpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string script = _pwsh.Script(Start + "& $import | Invoke-MedSegSweep @options -Grid @{ LearningRate = 0.001, 0.01, 0.02 } -ValidationFraction 0.4 -Epochs 100000 -Throttle 2 -DatasetScript $import -OutputPath sweep");
        string[] logs = [PathOf("sweep/LearningRate-0.001/medseg.log.jsonl"), PathOf("sweep/LearningRate-0.01/medseg.log.jsonl")];
        using Process run = _pwsh.Start([.. PwshProcess.CommandLine, "-File", script]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        while (logs.Any(log => !File.Exists(log) || File.ReadAllLines(log).Length < 3))
        {
            Assert.False(run.HasExited || watch.Elapsed > TimeSpan.FromMinutes(3), "Training did not begin.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        using (Process kill = Process.Start("kill", ["-TERM", $"{run.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 143, await output + await error);
        foreach (string log in logs)
        {
            JsonNode[] entries = [.. File.ReadAllLines(log).Select(line => JsonNode.Parse(line)!)];
            Assert.Equal("stopped", (string?)entries[^1]["event"]);
            string checkpoint = log.Replace(".log.jsonl", ".checkpoint.safetensors", StringComparison.Ordinal);
            Assert.True(File.Exists(checkpoint));
            Assert.Contains($"Saved {checkpoint}. The same command with -Resume continues.", (await output).ReplaceLineEndings(" "), StringComparison.Ordinal);
        }

        // The third run waits for a place, and never got one.
        Assert.False(File.Exists(PathOf("sweep/LearningRate-0.02/medseg.log.jsonl")));
    }

    [Theory]
    [InlineData("-Partition gpu", "OptionMissing", "-Partition was given without -Scheduler, so there is no job that it could be for.")]
    [InlineData("-Throttle 2", "OptionMissing", "-Throttle trains each model in a process of its own, which needs a -DatasetScript to import the data set.")]
    [InlineData("-Scheduler Slurm", "OptionMissing", "-Scheduler trains each model in a process of its own, which needs a -DatasetScript to import the data set.")]
    [InlineData("-DatasetScript $import", "OptionMissing", "-DatasetScript was given without -Scheduler or -Throttle, so no process would use it.")]
    [InlineData("-Throttle 2 -DatasetScript $import -HalvingFactor 2", "SweepInvalid", "Successive halving compares all runs after each round, so they cannot be processes of their own.")]
    [InlineData("-Throttle 2 -DatasetScript $import -ValidationDataset (& $import)", "SchedulerFailed", "The process of each run imports what -DatasetScript imports, and has no -ValidationDataset.")]
    public void Parameters_that_contradict_each_other_are_refused(string given, string id, string message) => Assert.Equal(
        $"{id}: {message}",
        Run($"try {{ & $import | Invoke-MedSegSweep @options -Grid @{{ LearningRate = 0.001, 0.01 }} {(given.Contains("ValidationDataset", StringComparison.Ordinal) ? "" : "-ValidationFraction 0.4")} {given} -OutputPath sweep }} catch {{ \"$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.ErrorDetails.Message)\" }}"));

    private string PathOf(string name) => Path.Combine(_pwsh.Folder, name);

    private string Run(string script)
    {
        PwshResult result = _pwsh.Run(_pwsh.Script(Start + script));
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        return result.Output.Trim().ReplaceLineEndings("\n");
    }
}
