namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>A module folder in which torch is incomplete, in a process of its own.</summary>
public sealed class BrokenTorchTests : IDisposable
{
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("LibTorchSharp", true, "Torch cannot be loaded. This file of MedSeg is missing. Install MedSeg again")]
    [InlineData("LibTorchSharp", false, "Torch cannot be loaded. This file is damaged or was built for another system")]
    [InlineData("torch_cpu", true, "Torch cannot be loaded. This file of MedSeg is missing. Install MedSeg again")]
    [InlineData("torch_cpu", false, "Torch cannot be loaded. This file is damaged or was built for another system")]
    [InlineData("TorchSharp.dll", true, "Torch cannot be loaded. This file of MedSeg is missing. Install MedSeg again")]
    public void Error_names_the_file_and_what_to_do_and_the_rest_works(string library, bool isMissing, string message)
    {
        string name = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(ModuleSession.Setting("ModulePath"), "engine"))
            .Single(path => Path.GetFileName(path) == library || Path.GetFileNameWithoutExtension(path) == library || Path.GetFileNameWithoutExtension(path) == "lib" + library));
        string broken = Break(name, isMissing);

        PwshResult result = _pwsh.Run(_pwsh.Script("""
            $null = New-MedSegDemoDataset -Path d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            $data = Import-MedSegDataset ./d/train -InputSize 32
            "slices: $($data.Count)"
            try { $data | Start-MedSegTraining -OutputPath m -Device Cpu } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.Exception.Message)" }
            try { $data | Invoke-MedSegCrossValidation -OutputPath m -Folds 2 } catch { 'refused' }
            try { Get-MedSegDevice } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.Exception.Message)" }
            """));

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(4, lines.Length);
        Assert.Equal("slices: 1", lines[0]);
        Assert.StartsWith($"TorchNotLoaded,MedSeg.PowerShell.Cmdlets.StartMedSegTrainingCommand DeviceError {broken}: {message}", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"TorchNotLoaded,MedSeg.PowerShell.Cmdlets.GetMedSegDeviceCommand DeviceError {broken}: {message}", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain("uses TorchSharp", result.Output + result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_pwsh.Folder, "m", "medseg.log.jsonl")));
    }

    // The large libraries are linked to: a copy would be half a gigabyte.
    private string Break(string name, bool isMissing)
    {
        string source = ModuleSession.Setting("ModulePath");
        string target = Path.Combine(_pwsh.Folder, "MedSeg");
        foreach (string path in Directory.GetFiles(source, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != name))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (new FileInfo(path).Length > 10_000_000)
            {
                File.CreateSymbolicLink(copy, path);
            }
            else
            {
                File.Copy(path, copy);
            }
        }

        string broken = Path.Combine(target, "engine", name);
        if (!isMissing)
        {
            File.WriteAllText(broken, "no library");
        }

        _pwsh.ModulePath = target;
        return broken;
    }
}
