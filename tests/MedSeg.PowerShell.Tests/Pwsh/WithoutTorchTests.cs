namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>Segmentation with ONNX Runtime in a process of its own.</summary>
public sealed class WithoutTorchTests : IDisposable
{
    // What the process has loaded of torch: assemblies, and native libraries as the system knows them.
    private const string Loaded = """
        $names = @([System.Runtime.Loader.AssemblyLoadContext]::All.Assemblies.ForEach({ $_.GetName().Name }))
        $names += @([System.Diagnostics.Process]::GetCurrentProcess().Modules.ForEach({ $_.ModuleName }))
        'torch: ' + (@($names -match 'torch|c10|gomp') -join ' ')
        'onnx: ' + (@($names -match 'onnxruntime') -join ' ')
        """;

    private readonly PwshProcess _pwsh = new();
    private readonly string _module = ModuleSession.Setting("ModulePath");

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("m.onnx", "Auto")]
    [InlineData("m.safetensors", "OnnxRuntime")]
    public void Module_without_the_files_of_torch_segments_wherever_it_lies(string model, string backend)
    {
        Prepare();
        _pwsh.ModulePath = CopyWithoutTorch(Path.Combine(_pwsh.Folder, "Modul für Röntgen Ω", "MedSeg"));

        PwshResult result = _pwsh.Run(_pwsh.Script($"""
            $ErrorActionPreference = 'Stop'
            (Import-Module -Name MedSeg -PassThru).ModuleBase
            $slices = Invoke-MedSegSegmentation -Model {model} -Backend {backend} -Path data/heldout/dicoms -OutputPath masks
            "slices: $($slices.Count)"
            {Loaded}
            """));

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("Röntgen Ω", result.Output, StringComparison.Ordinal);
        Assert.Contains("slices: 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("torch: \n", result.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches("onnx: .*Microsoft.ML.OnnxRuntime.*onnxruntime", result.Output);
    }

    [Fact]
    public void Neither_library_is_loaded_for_the_other()
    {
        Prepare();
        const string rest = "-Path data/heldout/dicoms -OutputPath";

        PwshResult onnx = _pwsh.Run(_pwsh.Script($"$null = Invoke-MedSegSegmentation -Model m.onnx {rest} masks1\n{Loaded}"));
        PwshResult torch = _pwsh.Run(_pwsh.Script($"$null = Invoke-MedSegSegmentation -Model m.safetensors {rest} masks2\n{Loaded}"));

        Assert.Contains("torch: \n", onnx.Output.ReplaceLineEndings("\n") + "\n", StringComparison.Ordinal);
        Assert.Matches("torch: .*TorchSharp.*torch_cpu", torch.Output);
        Assert.EndsWith("onnx: ", torch.Output.TrimEnd('\r', '\n'), StringComparison.Ordinal);
    }

    private void Prepare()
    {
        string golden = Path.Combine(PwshProcess.RepositoryRoot, "tests", "MedSeg.Engine.Tests", "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt");
        PwshResult result = _pwsh.Run(_pwsh.Script($"""
            $ErrorActionPreference = 'Stop'
            $null = New-MedSegDemoDataset -Path data -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2
            $null = Import-MedSegModel -Path '{golden}' -OutputPath m.safetensors
            $null = Export-MedSegModel -Path m.safetensors -Format Onnx -OutputPath m.onnx
            """));
        Assert.True(result.Code == 0, result.Error);
    }

    private string CopyWithoutTorch(string target)
    {
        foreach (string path in Directory.GetFiles(_module, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(path);
            bool isTorch = name.Contains("torch", StringComparison.OrdinalIgnoreCase) || name.Contains("c10", StringComparison.Ordinal) || name.Contains("gomp", StringComparison.Ordinal);
            if (!isTorch)
            {
                string copy = Path.Combine(target, Path.GetRelativePath(_module, path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(path, copy);
            }
        }

        return target;
    }
}
