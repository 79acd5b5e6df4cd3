using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MedSeg.PowerShell.Tests;

/// <summary>How what the commands give out shows itself at the prompt.</summary>
public sealed class DisplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Runspace _runspace = HostedRunspace.Open();

    public DisplayTests()
    {
        string module = typeof(DisplayTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ModulePath").Value!;
        Run($"Import-Module '{Path.Combine(module, "MedSeg.psd1")}' -ErrorAction Stop");
        _runspace.SessionStateProxy.Path.SetLocation(_folder);
        Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("Export-MedSegPreview -Path p.png", "p.png")]
    [InlineData("Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath m -Device Cpu | Export-MedSegHistory -Path 'h [1].csv'", "h [1].csv")]
    public void Written_files_come_as_Get_Item_gives_them(string command, string name)
    {
        PSObject file = Assert.Single(Run($"Import-MedSegDataset ./data/train -InputSize 32 | {command}"));

        Assert.Equal(Path.Combine(_folder, name), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.EndsWith(name, (string)file.Properties["PSPath"].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_of_training_tells_the_time_left_in_hours()
    {
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript("Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Epochs 2 -BaseWidth 2 -OutputPath m -Device Cpu").Invoke();

        ProgressRecord first = shell.Streams.Progress.First(record => record.Activity == "Training medseg");
        Assert.Matches("^Epoch [12] of 2, step 1 of 1, [0-9]+:[0-9]{2}:[0-9]{2} left$", first.StatusDescription);
        Assert.Equal(-1, first.SecondsRemaining);
    }

    private List<PSObject> Run(string script)
    {
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(_runspace);
        List<PSObject> output = [.. shell.AddScript(script).Invoke()];
        Assert.Empty(shell.Streams.Error);
        return output;
    }
}
