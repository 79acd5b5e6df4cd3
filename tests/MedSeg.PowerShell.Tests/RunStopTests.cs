using System.Globalization;
using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Stop-MedSegRun and Wait-MedSegRun of the built module, from another session.</summary>
public sealed class RunStopTests : IDisposable
{
    private const string Options = "-BaseWidth 2 -Device Cpu -CheckpointMinutes 1000 -CheckpointInterval 100000";
    private readonly ModuleSession _session = new();
    private readonly ModuleSession _other = new();

    public RunStopTests() => _session.Run("$null = New-MedSegDemoDataset ./demo -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");

    public void Dispose()
    {
        _other.Dispose();
        _session.Dispose();
    }

    [Fact]
    public void Training_saves_what_it_has_and_resumes()
    {
        string train = $"Import-MedSegDataset ./demo/train -InputSize 32 | Start-MedSegTraining {Options} -OutputPath ./m";
        (PSObject stopped, PSDataCollection<PSObject> output, string warning) = StopWhileRunning($"{train} -Epochs 1000000", "medseg");

        Assert.Equal("Stopped", stopped.Properties["State"].Value.ToString());
        int epoch = (int)stopped.Properties["Epoch"].Value;
        Assert.Equal(epoch, output.Count);
        Assert.Contains("-Resume continues the run", warning, StringComparison.Ordinal);
        Assert.False(File.Exists(_session.PathOf("m", "medseg.stop")));
        Assert.Equal("stopped", _session.Run("(Get-Content ./m/medseg.log.jsonl | ConvertFrom-Json)[-1].event")[0].BaseObject);
        Assert.Equal(true, _session.Run("Test-MedSegRun ./m -Quiet")[0].BaseObject);
        Assert.Equal(epoch + 1, Assert.Single(_session.Run(string.Create(CultureInfo.InvariantCulture, $"({train} -Epochs {epoch + 1} -Resume).Epoch"))).BaseObject);
        Assert.Equal("Finished", Assert.Single(_session.Run("(Stop-MedSegRun ./m -Wait).State")).ToString());
    }

    [Fact]
    public void Cross_validation_ends_with_the_fold_that_is_stopped()
    {
        (PSObject stopped, PSDataCollection<PSObject> output, _) =
            StopWhileRunning($"Import-MedSegDataset ./demo/train -InputSize 32 | Invoke-MedSegCrossValidation -Folds 2 {Options} -Epochs 1000000 -OutputPath ./m", "medseg-fold1");

        Assert.Equal("Stopped", stopped.Properties["State"].Value.ToString());
        Assert.Empty(output);
        Assert.False(File.Exists(_session.PathOf("m", "medseg-fold2.run.json")));
    }

    [Fact]
    public void Request_to_an_earlier_run_stops_no_later_one()
    {
        Directory.CreateDirectory(_session.PathOf("m"));
        File.WriteAllText(_session.PathOf("m", "medseg.stop"), string.Empty);

        _session.Run($"$null = Import-MedSegDataset ./demo/train -InputSize 32 | Start-MedSegTraining {Options} -OutputPath ./m -Epochs 2");

        Assert.Equal("Finished", Assert.Single(_session.Run("(Wait-MedSegRun ./m).State")).ToString());
        Assert.False(File.Exists(_session.PathOf("m", "medseg.stop")));
        _session.Run("Stop-MedSegRun ./m");
        Assert.False(File.Exists(_session.PathOf("m", "medseg.stop")));
    }

    private (PSObject Stopped, PSDataCollection<PSObject> Output, string Warning) StopWhileRunning(string script, string name)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        using var output = new PSDataCollection<PSObject>();
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        string log = _session.PathOf("m", $"{name}.log.jsonl");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(log) && new FileInfo(log).Length > 2000, TimeSpan.FromSeconds(120)));
        string folder = $"'{_session.PathOf("m")}'";
        Assert.Equal("RunStillRunning", ModuleSession.IdOf(_other.Fail($"Wait-MedSegRun {folder} -TimeoutSeconds 1")));
        Assert.Empty(_other.Run($"Stop-MedSegRun {folder} -WhatIf"));
        PSObject stopped = Assert.Single(_other.Run($"Get-MedSegRun {folder} | Stop-MedSegRun -TimeoutSeconds 120"));
        shell.EndInvoke(running);
        Assert.Empty(shell.Streams.Error);
        return (stopped, [.. output], Assert.Single(shell.Streams.Warning).Message);
    }
}
