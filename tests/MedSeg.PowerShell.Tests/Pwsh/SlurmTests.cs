using System.Diagnostics;
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
        for fold in $(sed -n 's/^#SBATCH --array=//; T; s/%.*//; p' "$script" | tr ',' ' '); do
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

    // Notes each call. It fails once, shows tasks that run and wait, and then one that is done and SECOND; with HANG a task runs for ever.
    private const string Squeue = """
        #!/bin/bash
        cd / && printf '%s\n' "$*" >> "$FAKE/looks"
        case "$HANG$(wc -l < "$FAKE/looks")" in
            1) echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1;;
            2) printf '1 RUNNING\n2 PENDING\n';;
            3) printf '1 COMPLETED\n2 RUNNING\n';;
            4) [ -n "$FORGET" ] && { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; }
               printf '2 %s\n' "$SECOND";;
            *) printf '1 RUNNING\n2 PENDING\n';;
        esac
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
        foreach ((string name, string text) in new[] { ("sbatch", Sbatch), ("squeue", Squeue) })
        {
            string program = Path.Combine(programs, name);
            File.WriteAllText(program, text.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
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
            $job = & $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 2 -OutputPath "it's a 100 % cv" -Throttle 7 -KeepCheckpoints 3 -TensorBoard
            "$($job.JobId) $($job.Folds -join ' ')"
            "$(($job | Get-MedSegRun).ModelName)"
            $queued = & $import | Invoke-MedSegCrossValidation @options -OutputPath "it's a 100 % cv" -Resume -Verbose 4>&1
            @($queued | Where-Object { "$_" -like 'Fold * is trained already*' }).Count
            $alone = & $import | Invoke-MedSegCrossValidation @options -Epochs 2 -OutputPath alone
            "$($queued[-2].Folds.Dice)$($queued[-1].Folds.Dice)" -eq "$($alone.Folds.Dice)"
            """);

        Assert.Equal(["4711 1 2", "spine-fold1 spine-fold2", "2", "True"], Lines(output));
        string folder = Path.Combine(_pwsh.Folder, "it's a 100 % cv");
        Assert.Equal(["--parsable", Path.Combine(folder, "spine.sbatch")], File.ReadAllLines(Path.Combine(_pwsh.Environment["FAKE"], "arguments")));
        string[] script = File.ReadAllLines(Path.Combine(folder, "spine.sbatch"));
        string[] expected =
        [
            "#!/bin/bash", "#SBATCH --job-name=spine", "#SBATCH --array=1,2%7", "#SBATCH --ntasks=1",
            $"#SBATCH --output=\"{_pwsh.Folder}/it's a 100 %% cv/spine-%A_%a.txt\"", "#SBATCH --open-mode=append", "#SBATCH --requeue", "#SBATCH --signal=B:TERM@120",
            "#SBATCH --partition=gpu", "#SBATCH --account=lab", "#SBATCH --time=08:00:00", "#SBATCH --mem=16G", "#SBATCH --gres=gpu:1", "#SBATCH --cpus-per-task=2", "#SBATCH --constraint=a100",
            "export OMP_NUM_THREADS=\"${SLURM_CPUS_PER_TASK:-1}\" POWERSHELL_TELEMETRY_OPTOUT=1 NO_COLOR=1",
        ];
        Assert.Equal(expected, script[..^1]);
        Assert.StartsWith("exec '", script[^1], StringComparison.Ordinal);
        Assert.EndsWith($" -NoProfile -NonInteractive -File '{_pwsh.Folder}/it'\\''s a 100 % cv/spine-fold.ps1' -Fold \"$SLURM_ARRAY_TASK_ID\"", script[^1], StringComparison.Ordinal);
        string[] task = File.ReadAllLines(Path.Combine(folder, "spine-fold.ps1"));
        Assert.All((string[])["Device = 'Cpu'", "CheckpointMinutes = 1000", "KeepCheckpoints = 3", "TensorBoard = $true"], option => Assert.Contains("    " + option, task));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Force")]
    public void Fold_that_is_preempted_continues_from_its_checkpoint_after_the_requeue(string option)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        string log = Path.Combine(_pwsh.Folder, "cv", "spine-fold1.log.jsonl");
        _pwsh.Environment["PREEMPT"] = log;

        Run($"& $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 400 -OutputPath cv {option} | Out-Null");

        Assert.Equal("143", File.ReadAllText(Path.Combine(_pwsh.Environment["FAKE"], "code")).Trim());
        JsonNode[] events = [.. File.ReadAllLines(log).Select(line => JsonNode.Parse(line)!)];
        Assert.Single(events, entry => (string?)entry["event"] == "interrupted");
        Assert.Equal(Enumerable.Range(1, 400), events.Where(entry => (string?)entry["event"] == "epoch").Select(entry => (int)entry["epoch"]!));
        Assert.True(File.Exists(Path.Combine(_pwsh.Folder, "cv", "spine-fold2.safetensors")));
    }

    [Theory]
    [InlineData("COMPLETED", "")]
    [InlineData("COMPLETED", "yes")]
    public void Wait_returns_the_scores_when_all_tasks_have_ended(string state, string forget)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        (_pwsh.Environment["SECOND"], _pwsh.Environment["FORGET"]) = (state, forget);

        string[] lines = Lines(Run("""
            $waited = & $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 2 -OutputPath cv -Wait -WarningVariable warned -WarningAction SilentlyContinue
            $collected = & $import | Invoke-MedSegCrossValidation @options -OutputPath cv -Epochs 2 -Collect
            $waited.GetType().Name
            "$($waited.Folds.Dice)" -eq "$($collected.Folds.Dice)"
            $warned
            """));

        Assert.Equal(["CrossValidationResult", "True"], lines[..2]);
        Assert.Equal(
            "squeue does not answer, so it is not known whether job 4711 has ended. Waiting continues. squeue says: slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
            Assert.Single(lines[2..]));
        string[] looks = File.ReadAllLines(Path.Combine(_pwsh.Environment["FAKE"], "looks"));
        Assert.Equal(4, looks.Length);
        Assert.All(looks, look => Assert.Equal("--noheader --array --states=all --jobs=4711 --format=%K %T", look));
    }

    [Theory]
    [InlineData("FAILED", "yes", "Slurm ended the task of fold 2 with the state FAILED.")]
    [InlineData("TIMEOUT", "", "Slurm ended the task of fold 2 with the state TIMEOUT.")]
    public void Wait_reports_a_task_that_failed_and_never_returns_the_model_that_it_was_to_replace(string state, string force, string finding)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        _pwsh.Environment["SECOND"] = state;
        string option = force.Length > 0 ? "-Force" : string.Empty;

        string[] lines = Lines(Run($$"""
            $result = & $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 2 -OutputPath cv -Wait {{option}} -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable problems
            $null -eq $result
            $problems[0].FullyQualifiedErrorId.Split(',')[0]
            $problems[0].ErrorDetails.Message
            """));

        Assert.Equal([force.Length > 0 ? "True" : "False", "TaskFailed", $"{Path.Combine(_pwsh.Folder, "cv", "spine-4711_2.txt")}: {finding}"], lines);
    }

    [Fact]
    public async Task Wait_that_is_stopped_leaves_the_job_and_says_how_to_collect_its_results()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm does not run on Windows.");
        _pwsh.Environment["HANG"] = "yes";
        string script = _pwsh.Script(Start + "& $import | Invoke-MedSegCrossValidation @options @slurm -Epochs 2 -OutputPath cv -Wait");
        string looks = Path.Combine(_pwsh.Environment["FAKE"], "looks");
        using Process run = _pwsh.Start(["env", "--default-signal=INT", .. PwshProcess.CommandLine, script]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        while (!File.Exists(looks))
        {
            Assert.False(run.HasExited || watch.Elapsed > TimeSpan.FromMinutes(3), "The command did not wait.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        _pwsh.RunProgram(string.Empty, "kill", "-INT", $"{run.Id}");
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(
            "Stopped waiting. Job 4711 continues: the same command with -Collect in place of -Wait returns its results, and `scancel 4711` ends it.",
            (await output).ReplaceLineEndings(string.Empty),
            StringComparison.Ordinal);
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
