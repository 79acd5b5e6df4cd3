using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>-AsJob in the real pwsh.</summary>
public sealed class JobTests : IDisposable
{
    private const string Start = """
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        $small = @{ Device = 'Cpu'; BaseWidth = 2; BatchSize = 2; CheckpointMinutes = 1000; CheckpointInterval = 100000 }
        $set = Import-MedSegDataset ./data/train -InputSize 32
        function WaitForEpoch($Folder, $Epoch) {
            while (-not ($run = @(Get-MedSegRun $Folder -ErrorAction Ignore)) -or $run[0].Epoch -lt $Epoch) { Start-Sleep -Milliseconds 50 }
        }

        """;

    private readonly PwshProcess _pwsh = new();

    public JobTests()
    {
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 1").Code);
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Training_returns_a_job_that_the_commands_for_jobs_and_for_runs_know()
    {
        Assert.Equal(
            ["Running medseg True", "Stopped True", "Completed True True", "Stop-MedSegRun asked the run to stop", "2 Completed", "Stopped True True", "0"],
            Run("""
                Set-Location data
                $job = $set | Start-MedSegTraining -OutputPath ../m -Epochs 1000000 @small -AsJob
                WaitForEpoch ../m 2
                "$($job.State) $($job.Name) $($job.StatusMessage -like 'Training medseg: Epoch * of 1000000, step *')"
                $run = Get-MedSegRun ../m | Stop-MedSegRun -Wait
                "$($run.State) $($run.Epoch -ge 2)"
                $epochs = Get-Job medseg | Wait-Job | Receive-Job -WarningVariable warning -WarningAction SilentlyContinue
                "$($job.State) $($epochs[-1].Epoch -eq $run.Epoch) $($epochs.Count -eq $run.Epoch)"
                "$warning" -replace '.*(Stop-MedSegRun asked the run to stop).*', '$1'
                $job | Remove-Job

                $more = $set | Start-MedSegTraining -OutputPath ../m -Epochs ($run.Epoch + 2) -Resume -AsJob
                "$(@($more | Wait-Job | Receive-Job).Count) $($more.State)"

                $job = $set | Start-MedSegTraining -OutputPath ../m -Epochs 1000000 @small -Resume -AsJob
                WaitForEpoch ../m ($run.Epoch + 4)
                $job | Stop-Job
                "$($job.State) $((Get-MedSegRun ../m).State -eq 'Interrupted') $(Test-MedSegRun ../m -Quiet)"
                Get-Job | Remove-Job
                @(Get-Job).Count
                """));
    }

    [Fact]
    public void Mistakes_are_reported_before_the_job_and_failures_by_it()
    {
        Assert.Equal(
            ["ModelExists", "PatienceWithoutValidation", "RunInProgress", "0", "Failed LossNotFinite,MedSeg.PowerShell.Cmdlets.StartMedSegTrainingCommand", "False"],
            Run("""
                function Fault([scriptblock] $Block) { try { & $Block } catch { ($_.FullyQualifiedErrorId -split ',')[0] } }
                $null = $set | Start-MedSegTraining -OutputPath m -Epochs 1 @small
                Fault { $set | Start-MedSegTraining -OutputPath m -Epochs 1 @small -AsJob }
                Fault { $set | Start-MedSegTraining -OutputPath n -Epochs 1 -Patience 3 @small -AsJob }
                $lock = [System.IO.File]::Open("$PWD/m/medseg.lock", 'OpenOrCreate', 'ReadWrite', 'None')
                Fault { $set | Start-MedSegTraining -OutputPath m -Epochs 1 @small -Force -AsJob }
                $lock.Dispose()
                $null = $set | Start-MedSegTraining -OutputPath w -Epochs 1 @small -AsJob -WhatIf
                @(Get-Job).Count

                $job = $set | Start-MedSegTraining -OutputPath n -Epochs 1000 -LearningRate 1 @small -AsJob | Wait-Job
                try { $null = $job | Receive-Job } catch { "$($job.State) $($_.FullyQualifiedErrorId)" }
                Test-Path w
                """));
    }

    [Fact]
    public void Cross_validation_and_segmentation_return_what_they_return_in_the_foreground()
    {
        Assert.Equal(
            ["CrossValidationResult True", "SegmentedSlice True True True", "True"],
            Run("""
                $options = @{ Folds = 2; Epochs = 2 } + $small
                $job = $set | Invoke-MedSegCrossValidation -OutputPath cv1 @options -AsJob
                $found = $job | Wait-Job | Receive-Job
                $known = $set | Invoke-MedSegCrossValidation -OutputPath cv2 @options
                "$($found.GetType().Name) $("$($found.Folds.Dice)" -eq "$($known.Folds.Dice)")"

                $segment = @{ Model = $known.ModelPaths; Format = 'Npy' }
                $job = Get-ChildItem data/heldout/dicoms | Invoke-MedSegSegmentation -OutputPath s1 @segment -AsJob -Verbose
                $found = @($job | Wait-Job | Receive-Job -Verbose 4>verbose.txt)
                $known = @(Invoke-MedSegSegmentation data/heldout/dicoms -OutputPath s2 @segment)
                "$($found[0].GetType().Name) $($found.Count -eq $known.Count) $("$($found.Confidence)" -eq "$($known.Confidence)") $($found[0].MaskPath -eq "$PWD/s1/$($found[0].Name).npy")"
                (Get-Item verbose.txt).Length -gt 0
                """));
    }

    [Theory]
    [InlineData("exit 5", 5)]
    [InlineData("[Environment]::Exit(6)", 6)]
    [InlineData("Start-Sleep 600", 143)]
    public void Job_saves_a_checkpoint_when_the_session_ends(string end, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string script = _pwsh.Script(Start + $$"""
            $job = $set | Start-MedSegTraining -OutputPath m -Epochs 1000000 @small -AsJob
            WaitForEpoch m 2
            'ready'
            {{end}}
            """);
        using Process process = _pwsh.Start([.. PwshProcess.CommandLine, "-File", script]);
        process.StandardInput.Close();
        while (process.StandardOutput.ReadLine() is { } line && line != "ready")
        {
        }

        if (code == 143)
        {
            Process.Start("kill", ["-TERM", $"{process.Id}"])!.WaitForExit();
        }

        string error = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "The process does not end.");

        Assert.Equal(code, process.ExitCode);
        Assert.Equal(code == 6, error.Contains("Stopping a job of MedSeg", StringComparison.Ordinal));
        Assert.Equal("Interrupted", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(_pwsh.Folder, "m", "medseg.run.json")))!["State"]);
        Assert.True(File.Exists(Path.Combine(_pwsh.Folder, "m", "medseg.checkpoint.safetensors")));
    }

    private string[] Run(string script)
    {
        PwshResult result = _pwsh.Run("-File", _pwsh.Script(Start + script));
        Assert.True(result.Code == 0 && result.Error.Length == 0, result.Output + result.Error);

        // What a command asks and says in the foreground comes between.
        return [.. result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("What if: ", StringComparison.Ordinal) && !line.StartsWith("VERBOSE: ", StringComparison.Ordinal))];
    }
}
