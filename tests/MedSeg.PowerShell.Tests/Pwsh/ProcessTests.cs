using System.Text.RegularExpressions;
using MedSeg.Tests.Devices;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Scripts and commands in a pwsh process without a terminal.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("Import-MedSegDataset nowhere; 'fine'", 0)]
    [InlineData("'fine'; Import-MedSegDataset nowhere", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Import-MedSegDataset nowhere; 'never'", 1)]
    public void Command_ends_with_an_exit_code_that_tells_of_errors(string command, int code)
    {
        PwshResult result = _pwsh.Run("-Command", command);

        Assert.Equal((code, !command.Contains("never", StringComparison.Ordinal)), (result.Code, result.Output.Contains("fine", StringComparison.Ordinal)));
        Assert.Contains("The folder was not found", OneLine(result.Error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'", 1)]
    public void Script_ends_at_an_error_where_it_says_so(string preference, int code)
    {
        PwshResult result = _pwsh.Run(_pwsh.Script($"{preference}\nImport-MedSegDataset nowhere | Start-MedSegTraining -OutputPath m\n'goes on'"));

        Assert.Equal((code, code == 0), (result.Code, result.Output.Contains("goes on", StringComparison.Ordinal)));
        Assert.Contains("The folder was not found", OneLine(result.Error), StringComparison.Ordinal);
    }

    [Fact]
    public void Session_without_terminal_asks_nothing_and_says_so()
    {
        string script = _pwsh.Script("New-MedSegDemoDataset made -Confirm\nImport-MedSegDataset\n'end'");

        PwshResult result = _pwsh.Run(script);

        Assert.Equal("end", result.Output.Trim());
        Assert.Contains("NonInteractive mode", OneLine(result.Error), StringComparison.Ordinal);
        Assert.Contains("missing mandatory parameters: Path", OneLine(result.Error), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_pwsh.Folder, "made")));
    }

    [Fact]
    public void Torch_loads_from_the_module_folder_alone()
    {
        PwshResult result = _pwsh.Run(_pwsh.Script("$device = (Get-MedSegDevice)[0]; $device.TorchVersion; $device.MemoryUsed -gt 0; $device"));

        Assert.Matches(@"^2\.[\d.]+\s+True\s", result.Output);
        Assert.Contains("CPU/GPU", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.Code);
    }

    [Fact]
    public void Card_that_this_build_cannot_use_is_listed_and_named_in_the_error()
    {
        using var driver = new FakeNvidia();
        _pwsh.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(driver.CudaPath)!;

        PwshResult result = _pwsh.Run(_pwsh.Script("""
            Get-MedSegDevice | Out-Default
            foreach ($d in Get-MedSegDevice) { "$($d.Name)|$($d.IsUsable)|$($d.IsAutoChoice)|$($d.MemoryFree)" }
            $null = New-MedSegDemoDataset -Path d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            try { Import-MedSegDataset ./d/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Device Cuda } catch { "$_" }
            """));

        Assert.Contains("NVIDIA RTX A4000", result.Output, StringComparison.Ordinal);
        Assert.Contains("cpu|True|True|", result.Output, StringComparison.Ordinal);
        Assert.Contains("cuda:0|False|False|12179869184", result.Output, StringComparison.Ordinal);
        Assert.Contains("cuda:1|False|False|11811159364", result.Output, StringComparison.Ordinal);
        Assert.Contains("its GPU, NVIDIA RTX A4000, cannot be used", result.Output, StringComparison.Ordinal);
    }

    // Errors are broken into lines behind a bar.
    private static string OneLine(string text) => Regex.Replace(text, @"[\s|]+", " ");
}
