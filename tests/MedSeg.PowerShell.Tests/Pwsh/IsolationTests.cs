using System.Reflection;
using System.Reflection.Emit;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>MedSeg beside a module that brings other versions of the same assemblies, in a process of its own.</summary>
public sealed class IsolationTests : IDisposable
{
    private const string Use = """
        $ErrorActionPreference = 'Stop'
        $null = New-MedSegDemoDataset -Path d -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1
        $data = Import-MedSegDataset ./d/train -InputSize 32
        "slices: $($data.Count)"
        "picture: $(($data | Export-MedSegPreview -Path p.png).Length -gt 1000)"
        $files = $data | Start-MedSegTraining -OutputPath m -Device Cpu -Epochs 1 -BaseWidth 2 | Export-MedSegHistory -Path h.csv -PlotPath h.png
        "files: $($files.Name)"
        """;

    private static readonly string[] s_shared = ["SkiaSharp", "Google.Protobuf", "ScottPlot", "TorchSharp"];
    private readonly PwshProcess _pwsh = new();

    public IsolationTests()
    {
        foreach (string name in s_shared)
        {
            Assert.True(File.Exists(Path.Combine(ModuleSession.Setting("ModulePath"), "engine", name + ".dll")), $"MedSeg brings no {name} any more: take another.");
            Build(name, Path.Combine(_pwsh.Folder, "Stranger", name + ".dll"));
        }

        string names = string.Join(", ", s_shared.Select(name => $"'{name}'"));
        _pwsh.Script($$"""
            foreach ($name in {{names}}) { $null = [System.Reflection.Assembly]::LoadFrom("$PSScriptRoot/$name.dll") }
            function Get-Stranger { foreach ($name in {{names}}) { [scriptblock]::Create("[$name.Stranger]::Greet()").Invoke() } }
            Export-ModuleMember -Function Get-Stranger
            """, "Stranger/Stranger.psm1");
    }

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Both_work_where_the_other_module_is_imported_afterwards()
    {
        PwshResult result = _pwsh.Run(_pwsh.Script($"{Use}\nImport-Module ./Stranger/Stranger.psm1\nGet-Stranger\n$null = $data | Export-MedSegPreview -Path q.png\n'drawn again'"));

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["slices: 2", "picture: True", "files: h.csv h.png", .. s_shared.Select(name => $"{name} 99.0.0.0"), "drawn again"], Lines(result));
    }

    [Fact]
    public void Both_work_where_the_other_module_is_imported_before()
    {
        PwshResult result = _pwsh.Run(_pwsh.Script($"Import-Module ./Stranger/Stranger.psm1\nGet-Stranger\nImport-Module MedSeg\n{Use}\nGet-Stranger"));

        Assert.True(result.Code == 0, result.Error);
        string[] greetings = [.. s_shared.Select(name => $"{name} 99.0.0.0")];
        Assert.Equal([.. greetings, "slices: 2", "picture: True", "files: h.csv h.png", .. greetings], Lines(result));
    }

    [Fact]
    public void Import_loads_the_cmdlets_and_neither_torch_nor_what_draws()
    {
        PwshResult result = _pwsh.Run(_pwsh.Script("""
            Import-Module MedSeg
            [System.Runtime.Loader.AssemblyLoadContext]::All.Assemblies.ForEach({ $_.GetName().Name })
            [System.Diagnostics.Process]::GetCurrentProcess().Modules.ForEach({ $_.ModuleName })
            """));

        string[] loaded = Lines(result);
        Assert.Contains("MedSeg.PowerShell", loaded);
        Assert.DoesNotContain(loaded, name => s_shared.Contains(name) || name.Contains("torch", StringComparison.OrdinalIgnoreCase) || name.Contains("Skia", StringComparison.OrdinalIgnoreCase) || name.Contains("onnx", StringComparison.OrdinalIgnoreCase));
    }

    private static string[] Lines(PwshResult result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Makes an assembly of a known name with one type of its own.</summary>
    private static void Build(string name, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = new Version(99, 0, 0, 0) }, typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule(name).DefineType($"{name}.Stranger", TypeAttributes.Public | TypeAttributes.Class);
        ILGenerator code = type.DefineMethod("Greet", MethodAttributes.Public | MethodAttributes.Static, typeof(string), []).GetILGenerator();
        code.Emit(OpCodes.Ldstr, $"{name} 99.0.0.0");
        code.Emit(OpCodes.Ret);
        type.CreateType();
        assembly.Save(path);
    }
}
