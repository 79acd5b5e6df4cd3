using System.Diagnostics;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>How Train-Nightly.ps1 ends as a process without a terminal: after Ctrl+C, as pwsh -File gets it, and after failures.</summary>
public sealed class NightlyStopTests : IDisposable
{
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public async Task Nightly_script_ends_with_130_and_leaves_a_checkpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT.");
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2").Code);
        string folder = Path.Combine(_pwsh.Folder, "night");

        // What started the tests may have had them ignore Ctrl+C, as a shell does with its background jobs.
        using Process run = _pwsh.Start(["env", "--default-signal=INT", .. PwshProcess.CommandLine, Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1"), "-Path", "data/train", "-OutputPath", folder]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(folder, "medseg.log.jsonl")))
        {
            Assert.False(run.HasExited || watch.Elapsed > TimeSpan.FromMinutes(3), "Training did not begin.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        _pwsh.RunProgram(string.Empty, "kill", "-INT", $"{run.Id}");
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((130, string.Empty), (run.ExitCode, await error));
        Assert.EndsWith("Stopped. The next start goes on.", File.ReadAllText(Path.Combine(folder, "train.log")).TrimEnd(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "medseg.checkpoint.safetensors")));
        Assert.Contains("PowerShell transcript end", File.ReadAllText(Path.Combine(folder, "transcript.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Training_that_fails_is_told_from_input_that_must_be_corrected()
    {
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 2").Code);
        string script = Path.Combine(PwshProcess.RepositoryRoot, "examples", "nightly", "Train-Nightly.ps1");
        string[] night = ["-File", script, "-Path", "data/train", "-OutputPath", "night", "-ImportOption", "@{ InputSize = 32 }", "-TrainingOption"];

        PwshResult failed = _pwsh.Run([.. night, "@{ Epochs = 50; BatchSize = 2; BaseWidth = 2; LearningRate = 1; Device = 'Cpu' }"]);
        PwshResult refused = _pwsh.Run([.. night, "@{ Epochs = 50; BatchSize = 2; BaseWidth = 2; LearningRate = '0,001'; Device = 'Cpu' }"]);

        Assert.Equal(1, failed.Code);
        Assert.Contains("The loss became NaN", failed.Error, StringComparison.Ordinal);
        Assert.Equal(2, refused.Code);
        Assert.Contains("'0,001' has a comma", refused.Error, StringComparison.Ordinal);
    }
}
