using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>SIGTERM, as Slurm, systemd and docker stop send it to the real pwsh.</summary>
public sealed class TerminationTests : IDisposable
{
    private const string Train = "Import-MedSegDataset data/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Device Cpu -BatchSize 2 -BaseWidth 2 -CheckpointMinutes 1000 -CheckpointInterval 100000 -Epochs 100000";

    private readonly PwshProcess _pwsh = new();

    public TerminationTests()
    {
        _pwsh.Environment["OMP_WAIT_POLICY"] = "passive";
        Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2").Code);
    }

    private string Log => Path.Combine(_pwsh.Folder, "m", "medseg.log.jsonl");

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public async Task Training_saves_what_it_has_and_the_process_ends_with_143()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string script = _pwsh.Script($"$ProgressPreference = 'SilentlyContinue'\n{Train} | Export-MedSegHistory -Path h.csv\n'The script goes on.'");
        using Process run = _pwsh.Start([.. PwshProcess.CommandLine, "-File", script]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForEpochs(run, 3);

        Terminate(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((143, string.Empty), (run.ExitCode, await error));
        Assert.Contains("asked to end (SIGTERM)", await output, StringComparison.Ordinal);
        Assert.DoesNotContain("goes on", await output, StringComparison.Ordinal);
        JsonNode[] log = [.. File.ReadAllLines(Log).Select(line => JsonNode.Parse(line)!)];
        int epochs = log.Count(entry => (string?)entry["event"] == "epoch");
        Assert.Equal("interrupted", (string?)log[^1]["event"]);
        Assert.Equal(epochs, File.ReadAllLines(Path.Combine(_pwsh.Folder, "h.csv")).Length - 1);

        // No epoch is lost: the run resumes where it stopped, and a run of that length gives the same history.
        PwshResult resumed = _pwsh.Run("-Command", $"$ProgressPreference = 'SilentlyContinue'; ({Train.Replace("-Epochs 100000", $"-Epochs {epochs + 1}", StringComparison.Ordinal)} -Resume).Epoch");
        Assert.Equal((0, $"{epochs + 1}"), (resumed.Code, resumed.Output.Trim()));
    }

    [Fact]
    public async Task Second_signal_ends_the_process_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string script = _pwsh.Script($"$ProgressPreference = 'SilentlyContinue'\n{Train} | ForEach-Object {{ Start-Sleep -Seconds 300 }}");
        using Process run = _pwsh.Start([.. PwshProcess.CommandLine, "-File", script]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForEpochs(run, 1);

        // The command after the training keeps the run from ending.
        Terminate(run);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.False(run.HasExited);
        var watch = Stopwatch.StartNew();
        Terminate(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(143, run.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task Two_trainings_in_one_process_both_save()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        string script = _pwsh.Script($$"""
            $ProgressPreference = 'SilentlyContinue'
            'm', 'm2' | ForEach-Object -Parallel { {{Train.Replace("-OutputPath m", "-OutputPath $_", StringComparison.Ordinal)}} }
            """);
        using Process run = _pwsh.Start([.. PwshProcess.CommandLine, "-File", script]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForEpochs(run, 2);
        await WaitForEpochs(run, 2, Path.Combine(_pwsh.Folder, "m2", "medseg.log.jsonl"));

        Terminate(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(143, run.ExitCode);
        Assert.All((string[])["m", "m2"], folder => Assert.True(File.Exists(Path.Combine(_pwsh.Folder, folder, "medseg.checkpoint.safetensors")), folder));
    }

    private void Terminate(Process run) => _pwsh.RunProgram(string.Empty, "kill", "-TERM", $"{run.Id}");

    private Task WaitForEpochs(Process run, int epochs) => WaitForEpochs(run, epochs, Log);

    private static async Task WaitForEpochs(Process run, int epochs, string log)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(log) || File.ReadAllLines(log).Length <= epochs)
        {
            Assert.False(run.HasExited || watch.Elapsed > TimeSpan.FromMinutes(4), "Training did not begin.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
