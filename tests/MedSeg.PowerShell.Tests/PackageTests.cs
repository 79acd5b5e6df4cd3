using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests;

/// <summary>The package that build/Package.targets makes of the module.</summary>
public sealed class PackageTests(PackageFixture package) : IClassFixture<PackageFixture>
{
    [Fact]
    public void Module_imports_and_uses_torch_wherever_it_is_unpacked()
    {
        using var pwsh = new PwshProcess();
        pwsh.ModulePath = package.ModulePath;
        string golden = Path.Combine(PwshProcess.RepositoryRoot, "tests", "MedSeg.Engine.Tests", "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt");

        PwshResult result = pwsh.Run(pwsh.Script($$"""
            $ErrorActionPreference = 'Stop'
            $module = Import-Module -Name MedSeg -PassThru
            "module: $($module.ModuleBase) $($module.Version)"
            $null = New-MedSegDemoDataset -Path data -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            $null = Import-MedSegModel -Path '{{golden}}' -OutputPath m.safetensors
            "slices: $(@(Invoke-MedSegSegmentation -Model m.safetensors -Path data/heldout/dicoms -OutputPath masks).Count)"
            'torch: ' + [System.Diagnostics.Process]::GetCurrentProcess().Modules.Where({ $_.ModuleName -match 'torch_cpu' }).FileName
            """));

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains($"module: {package.ModulePath} {PackageFixture.Version}", result.Output, StringComparison.Ordinal);
        Assert.Contains("slices: 1", result.Output, StringComparison.Ordinal);
        Assert.Contains($"torch: {Path.Combine(package.ModulePath, "engine")}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Module_holds_the_files_it_needs_and_no_others()
    {
        string[] files = PackageFixture.FilesOf(package.ModulePath);

        Assert.Equal(
            ["CHANGELOG.md", "LICENSE", "MedSeg.Format.ps1xml", "MedSeg.PowerShell.dll", "MedSeg.PowerShell.pdb", "MedSeg.psd1", "MedSeg.psm1"],
            files.Where(name => !name.Contains('/', StringComparison.Ordinal)));
        Assert.Contains("en-US/MedSeg.PowerShell.dll-Help.xml", files);
        Assert.Contains("engine/MedSeg.Engine.dll", files);

        // PowerShell brings its own assemblies; these would be taken in their place. The rest is what nobody loads.
        Assert.DoesNotContain(files, name => Regex.IsMatch(name, @"System\.Management\.Automation|PowerShellStandard|\.deps\.json$|\.lib$|torch_python|_test\.|nnapi|engine/.*\.xml$"));
    }

    [Fact]
    public void Every_package_whose_files_are_shipped_has_its_licence_beside()
    {
        string folder = Path.Combine(package.ModulePath, "licences");
        string[] ids = [.. File.ReadAllLines(Path.Combine(folder, "README.txt")).Skip(2).Select(line => line.Split(' ')[0])];
        string[] texts = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Except(["README.txt"])];

        Assert.Superset(
            new HashSet<string>(["BitMiracle.LibTiff.NET", "CsvHelper", "Google.Protobuf", "JpegLibrary", "MathNet.Numerics", "Microsoft.ML.OnnxRuntime", "Polly.Core", "ScottPlot", "SharpZipLib", "SkiaSharp", "SpreadCheetah", "TorchSharp"]),
            new HashSet<string>(ids));
        Assert.Contains(ids, id => id.StartsWith("libtorch-", StringComparison.Ordinal) || id.StartsWith("TorchSharp-cuda", StringComparison.Ordinal));
        Assert.All(ids, id => Assert.Contains(texts, text => text.StartsWith(id + "-", StringComparison.Ordinal)));
        Assert.All(texts, text => Assert.True(new FileInfo(Path.Combine(folder, text)).Length > 500, text));
        Assert.All(texts, text => Assert.DoesNotContain("{copyright}", File.ReadAllText(Path.Combine(folder, text)), StringComparison.Ordinal));
    }

    [Fact]
    public void Zip_and_nupkg_hold_the_module_with_its_version_and_what_is_new()
    {
        (string module, string zip, string nupkg) = package.PackSmall();
        string[] files = PackageFixture.FilesOf(module);

        Assert.Equal($"MedSeg-{PackageFixture.Version}-{Path.GetFileName(package.Stage).Replace('.', '-')}.zip", Path.GetFileName(zip));
        Assert.Equal(files.Select(name => "MedSeg/" + name).Order(StringComparer.Ordinal), PackageFixture.NamesIn(zip));
        Assert.Equal(files, PackageFixture.NamesIn(nupkg));

        using ZipArchive archive = ZipFile.OpenRead(nupkg);
        using Stream stream = archive.GetEntry("MedSeg.nuspec")!.Open();
        Dictionary<string, string> metadata = XDocument.Load(stream).Descendants().Where(element => !element.HasElements).ToDictionary(element => element.Name.LocalName, element => element.Value);
        string changes = PackageFixture.SourceText("CHANGELOG.md").Split($"## {PackageFixture.Version}\n")[1].Split("\n## ")[0].Trim();
        Assert.Equal("MedSeg", metadata["id"]);
        Assert.Equal(PackageFixture.Version, metadata["version"]);
        Assert.Equal(changes, metadata["releaseNotes"].ReplaceLineEndings("\n"));
        Assert.Contains("PSModule", metadata["tags"].Split(' '));
        Assert.Equal("LICENSE", metadata["license"]);
    }

    [Fact]
    public void Version_without_a_section_in_the_changelog_is_not_packed()
    {
        (int code, string output) = PackageFixture.Build("DescribePackage", "-p:Version=9.8.7");

        Assert.NotEqual(0, code);
        Assert.Contains("CHANGELOG.md has no section '## 9.8.7'", output, StringComparison.Ordinal);
    }
}
