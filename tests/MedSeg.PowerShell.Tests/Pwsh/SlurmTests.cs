using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>A cross-validation on Slurm, with an sbatch that runs the tasks of an array one after another in the way Slurm starts them.</summary>
public sealed class SlurmTests : IDisposable
{
    // Notes its arguments. With PREEMPT it ends the first task with SIGTERM after some epochs and requeues it.
    private const string Sbatch = """
        #!/bin/bash
        cd / && printf '%s\n' "$@" > "$FAKE/arguments"
        [ -n "$REFUSE" ] && { echo "sbatch: error: invalid partition specified: $REFUSE" >&2; exit 1; }
        script="${@: -1}"
        for fold in $(sed -n 's/^#SBATCH --array=//p' "$script" | tr ',' ' '); do
            export SLURM_ARRAY_TASK_ID=$fold
            if [ -n "$PREEMPT" ] && [ "$fold" = 1 ]; then
                bash "$script" >> "$FAKE/task-$fold.txt" 2>&1 &
                task=$!
                while kill -0 $task 2>/dev/null && [ "$(cat "$PREEMPT" 2>/dev/null | wc -l)" -lt 5 ]; do sleep 0.05; done
                kill -TERM $task; wait $task; echo $? > "$FAKE/code"
                SLURM_RESTART_COUNT=1 bash "$script" >> "$FAKE/task-$fold.txt" 2>&1
            else
                bash "$script" >> "$FAKE/task-$fold.txt" 2>&1
            fi
        done
        echo '4711;cluster'
        """;

    private const string Start = """
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $import = { $size = 32; Import-MedSegDataset ./data/train -InputSize $size }
        $options = @{ Folds = 2; BaseWidth = 2; BatchSize = 2; Device = 'Cpu'; CheckpointMinutes = 1000; ModelName = 'spine' }
        $slurm = @{ Scheduler = 'Slurm'; DatasetScript = $import; Partition = 'gpu'; Account = 'lab'; Time = '08:00:00'; Memory = '16G'; Gpus = 1; Cpus = 2; SchedulerOption = '--constraint=a100' }

        """;

    private readonly PwshProcess _pwsh = new();

    public SlurmTests()
    {
        string programs = Directory.CreateDirectory(Path.Combine(_pwsh.Folder, "programs of Slurm")).FullName;
        string sbatch = Path.Combine(programs, "sbatch");
        File.WriteAllText(sbatch, Sbatch.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(sbatch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _pwsh.Environment["FAKE"] = programs;
        _pwsh.Environment["PATH"] = programs + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1").Code);
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Folds_are_tasks_of_an_array_and_their_scores_are_those_of_one_machine()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");

        string output = Run("""
            $job = & $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 2 -OutputPath "it's a cv"
            "$($job.JobId) $($job.Folds -join ' ')"
            $queued = & $import | Invoke-MedSegCrossValidation @options -OutputPath "it's a cv" -Resume -Verbose 4>&1
            @($queued | Where-Object { "$_" -like 'Fold * is trained already*' }).Count
            $alone = & $import | Invoke-MedSegCrossValidation @options -Epochs 2 -OutputPath alone
            "$($queued[-2].Folds.Dice)$($queued[-1].Folds.Dice)" -eq "$($alone.Folds.Dice)"
            """);

        Assert.Equal(["4711 1 2", "2", "True"], Lines(output));
        string folder = Path.Combine(_pwsh.Folder, "it's a cv");
        Assert.Equal(["--parsable", Path.Combine(folder, "spine.sbatch")], File.ReadAllLines(Path.Combine(_pwsh.Environment["FAKE"], "arguments")));
        string[] script = File.ReadAllLines(Path.Combine(folder, "spine.sbatch"));
        Assert.All(
            (string[])["--array=1,2", "--partition=gpu", "--account=lab", "--time=08:00:00", "--mem=16G", "--gres=gpu:1", "--cpus-per-task=2", "--constraint=a100", "--requeue", "--signal=B:TERM@120"],
            option => Assert.Contains("#SBATCH " + option, script));
    }

    [Fact]
    public void Fold_that_is_preempted_continues_from_its_checkpoint_after_the_requeue()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        string log = Path.Combine(_pwsh.Folder, "cv", "spine-fold1.log.jsonl");
        _pwsh.Environment["PREEMPT"] = log;

        Run("& $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 400 -OutputPath cv | Out-Null");

        Assert.Equal("143", File.ReadAllText(Path.Combine(_pwsh.Environment["FAKE"], "code")).Trim());
        JsonNode[] events = [.. File.ReadAllLines(log).Select(line => JsonNode.Parse(line)!)];
        Assert.Single(events, entry => (string?)entry["event"] == "interrupted");
        Assert.Equal(Enumerable.Range(1, 400), events.Where(entry => (string?)entry["event"] == "epoch").Select(entry => (int)entry["epoch"]!));
        Assert.True(File.Exists(Path.Combine(_pwsh.Folder, "cv", "spine-fold2.safetensors")));
    }

    [Fact]
    public void WhatIf_shows_the_script_and_writes_nothing()
    {
        string output = Run("& $import | Invoke-MedSegCrossValidation @options @slurm -OutputPath cv -WhatIf");

        Assert.Contains("#SBATCH --partition=gpu", output, StringComparison.Ordinal);
        Assert.Contains("-Fold \"$SLURM_ARRAY_TASK_ID\"", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_pwsh.Folder, "cv")));
        Assert.False(File.Exists(Path.Combine(_pwsh.Environment["FAKE"], "arguments")));
    }

    [Fact]
    public void What_cannot_be_submitted_is_an_error_that_says_why()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        const string report = "catch { \"$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.ErrorDetails.Message)\" }";
        string submit = $"try {{ & $import | Invoke-MedSegCrossValidation @options @slurm -OutputPath cv }} {report}";

        string output = Run($$"""
            $env:REFUSE = 'gpu'
            {{submit}}
            $env:REFUSE = ''
            $env:PATH = $PWD.Path
            {{submit}}
            $size = 32
            $slurm.DatasetScript = { Import-MedSegDataset ./data/train -InputSize $size }
            {{submit}}
            """);

        string[] lines = Lines(output);
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("spine.sbatch: sbatch did not accept the script: sbatch: error: invalid partition specified: gpu", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("SchedulerFailed: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("SchedulerMissing: sbatch cannot be started: ", lines[1], StringComparison.Ordinal);
        Assert.Equal("SchedulerFailed: -DatasetScript uses the variable $size, which the tasks of the job do not have.", lines[2]);
    }

    private string Run(string script)
    {
        PwshResult result = _pwsh.Run(_pwsh.Script(Start + script));
        foreach (string task in Directory.GetFiles(_pwsh.Environment["FAKE"], "task-*.txt"))
        {
            TestContext.Current.AddAttachment(Path.GetFileName(task), File.ReadAllText(task));
        }

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        return result.Output;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
