using System.Diagnostics;
using System.Reflection;
using MedSeg.Tests.Devices;

namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>MedSeg.Shell as a process of its own, with the built module.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Script_gets_its_arguments_and_gives_its_exit_code()
    {
        string script = Script("param([int] $Number, [switch] $Flag) \"$($Number + 1) $Flag\"; exit 7");

        (int code, string output) = Run(script, "-Number", "41", "-Flag");

        Assert.Equal("42 True", output.Trim());
        Assert.Equal(7, code);
    }

    [Fact]
    public void Error_that_ends_a_script_is_shown_and_gives_exit_code_1()
    {
        (int code, string output) = Run(Script("throw 'the scanner is on fire'"));

        Assert.Contains("the scanner is on fire", output, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    [Fact]
    public void Torch_loads_from_the_module_folder_alone()
    {
        (int code, string output) = Run(Script("(Get-MedSegDevice)[0].TorchVersion"));

        Assert.StartsWith("2.", output, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public void Redirected_tables_hold_no_colour_codes()
    {
        string output = Run(Script("Get-MedSegDevice")).Output;

        Assert.Contains("Processor/Card", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public void Memory_in_use_is_told()
    {
        string output = Run(Script("(Get-MedSegDevice)[0].MemoryUsed -gt 0")).Output;

        Assert.Equal("True", output.Trim());
    }

    [Fact]
    public void Card_that_this_build_cannot_use_is_listed_and_named_in_the_error()
    {
        using var driver = new FakeNvidia();
        string folder = Path.GetDirectoryName(driver.CudaPath)!;

        string list = RunWith(folder, Script("Get-MedSegDevice; foreach ($d in Get-MedSegDevice) { \"$($d.Name)|$($d.IsUsable)|$($d.IsAutoChoice)|$($d.MemoryFree)\" }")).Output;
        string error = RunWith(folder, Script("New-MedSegDemoDataset -Path d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1 | Out-Null; $Error.Clear(); try { Import-MedSegDataset ./d/train -InputSize 32 | Start-MedSegTraining -OutputPath m -Device Cuda } catch { \"$_\" }")).Output;

        Assert.Contains("NVIDIA RTX A4000", list, StringComparison.Ordinal);
        Assert.Contains("cpu|True|True|", list, StringComparison.Ordinal);
        Assert.Contains("cuda:0|False|False|12179869184", list, StringComparison.Ordinal);
        Assert.Contains("cuda:1|False|False|11811159364", list, StringComparison.Ordinal);
        Assert.Contains("its card, NVIDIA RTX A4000, cannot be used", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_script_is_bad_usage() => Assert.Equal(64, Run("nothing.ps1").Code);

    private string Script(string text)
    {
        string path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }

    private (int Code, string Output) Run(params string[] arguments) => RunWith(libraries: null, arguments);

    private (int Code, string Output) RunWith(string? libraries, params string[] arguments)
    {
        string shell = typeof(ShellTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ShellPath").Value!;
        var start = new ProcessStartInfo("dotnet", [shell, .. arguments]) { RedirectStandardOutput = true, WorkingDirectory = _folder };

        // TorchSharp would find natives in the package cache, which hides a fault of the module folder.
        start.Environment["NUGET_PACKAGES"] = _folder;
        if (libraries is not null)
        {
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
