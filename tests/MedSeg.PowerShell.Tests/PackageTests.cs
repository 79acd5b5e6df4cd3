using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
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
            ["CHANGELOG.md", "LICENSE", "MedSeg.Format.ps1xml", "MedSeg.PowerShell.dll", "MedSeg.PowerShell.pdb", "MedSeg.cdx.json", "MedSeg.psd1", "MedSeg.psm1"],
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
    public void Bill_of_materials_lists_the_shipped_packages_with_their_licences_and_hashes()
    {
        JsonNode bill = JsonNode.Parse(File.ReadAllText(Path.Combine(package.ModulePath, "MedSeg.cdx.json")))!;
        JsonNode[] components = [.. bill["components"]!.AsArray().Select(component => component!)];
        string[] listed = [.. File.ReadAllLines(Path.Combine(package.ModulePath, "licences", "README.txt")).Skip(2).Where(line => !line.Contains("(npm)", StringComparison.Ordinal)).Select(line => line.Split(':')[0])];

        Assert.Equal(("CycloneDX", "1.6", $"pkg:nuget/MedSeg@{PackageFixture.Version}"), ((string?)bill["bomFormat"], (string?)bill["specVersion"], (string?)bill["metadata"]!["component"]!["purl"]));
        Assert.Equal(listed, components.Select(component => $"{component["name"]} {component["version"]}"));
        Assert.Equal(components.Select(component => (string?)component["purl"]), bill["dependencies"]![0]!["dependsOn"]!.AsArray().Select(reference => (string?)reference));

        JsonNode locked = JsonNode.Parse(PackageFixture.SourceText($"MedSeg.Engine/packages.{Path.GetFileName(package.Stage)}.lock.json"))!["dependencies"]!["net8.0"]!;
        string packages = ModuleSession.Setting("PowerShellFolder").Split("powershell/")[0];
        foreach (JsonNode component in components)
        {
            string id = (string)component["name"]!;
            Assert.Equal((string?)locked[id]!["resolved"], (string?)component["version"]);
            Assert.True(component["licenses"]![0]!["expression"] is not null || component["licenses"]![0]!["license"]!["name"] is not null);

            // The lock file has the hash of a package without its signature; this is that of the file.
            var file = new FileInfo(Path.Combine(packages, id.ToLowerInvariant(), (string)component["version"]!, $"{id.ToLowerInvariant()}.{component["version"]}.nupkg"));
            if (file.Length < 5_000_000)
            {
                Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(File.ReadAllBytes(file.FullName))), (string?)component["hashes"]![0]!["content"]);
            }
        }

        Assert.Equal(components.Length, components.Select(component => (string?)component["hashes"]![0]!["content"]).Distinct().Count());
    }

    [Fact]
    public void Two_packages_of_the_same_module_are_byte_identical()
    {
        (_, string firstZip, string firstNupkg) = package.PackSmall("first");
        Thread.Sleep(2100);
        (_, string secondZip, string secondNupkg) = package.PackSmall("second");

        Assert.Equal(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(firstZip))), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(secondZip))));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(firstNupkg))), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(secondNupkg))));
    }

    [Fact]
    public void Zip_and_nupkg_hold_the_module_with_its_version_and_what_is_new()
    {
        (string module, string zip, string nupkg) = package.PackSmall("small");
        string[] files = PackageFixture.FilesOf(module);

        Assert.Equal($"MedSeg-{PackageFixture.Version}-{Path.GetFileName(package.Stage).Replace('.', '-')}.zip", Path.GetFileName(zip));
        Assert.Equal(files.Select(name => "MedSeg/" + name).Order(StringComparer.Ordinal), PackageFixture.NamesIn(zip));
        Assert.Equal(files, PackageFixture.NamesIn(nupkg));

        Dictionary<string, string> metadata = Metadata(nupkg);
        string changes = PackageFixture.SourceText("CHANGELOG.md").Split($"## {PackageFixture.Version}\n")[1].Split("\n## ")[0].Trim();
        Assert.Equal("MedSeg", metadata["id"]);
        Assert.Equal(PackageFixture.Version, metadata["version"]);
        Assert.Equal(changes, metadata["releaseNotes"].ReplaceLineEndings("\n"));
        Assert.Contains("PSModule", metadata["tags"].Split(' '));
        Assert.Equal("LICENSE", metadata["license"]);
    }

    [Fact]
    public void Package_says_what_PSResourceGet_would_and_is_published_found_and_installed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has the folder of a person's modules in the documents of who runs the tests.");
        (string module, _, string nupkg) = package.PackSmall("gallery", "-p:ProjectUri=https://example.org/medseg", "-p:LicenseUri=https://example.org/licence", "-p:IconUri=https://example.org/icon.png");
        using var pwsh = new PwshProcess();
        pwsh.UseNewHome();

        PwshResult result = pwsh.Run(pwsh.Script($$"""
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            $manifest = Test-ModuleManifest '{{module}}/MedSeg.psd1'
            "manifest: $($manifest.ProjectUri) $($manifest.LicenseUri) $($manifest.IconUri) $($manifest.ExportedCommands.Count)"
            $null = New-Item feed, own -ItemType Directory
            Compress-PSResource -Path '{{module}}' -DestinationPath own
            Register-PSResourceRepository -Name Lab -Uri (Resolve-Path feed).Path -Trusted
            Publish-PSResource -NupkgPath '{{nupkg}}' -Repository Lab
            $found = Find-PSResource MedSeg -Repository Lab
            "found: $($found.Version) $($found.ProjectUri) $($found.Includes.Cmdlet -contains 'Get-MedSegImage') $($found.Includes.Command -contains 'Test-MedSegLabel')"
            Install-PSResource MedSeg -Repository Lab
            $installed = Import-Module MedSeg -PassThru
            "installed: $($installed.Version) $($installed.ModuleBase -like "$HOME*") $((Get-PSResource MedSeg).Version)"
            $null = New-MedSegDemoDataset demo -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            "runs: $((Get-MedSegImage demo/train/dicoms/*).Format)"
            """));

        Assert.True(result.Code == 0, result.Error);
        int commands = Regex.Count(PackageFixture.SourceText("MedSeg.psd1"), "'[A-Z][a-z]+-MedSeg[A-Za-z]+'");
        Assert.Equal(
            [
                $"manifest: https://example.org/medseg https://example.org/licence https://example.org/icon.png {commands}",
                $"found: {PackageFixture.Version} https://example.org/medseg True True", $"installed: {PackageFixture.Version} True {PackageFixture.Version}", "runs: DICOM",
            ],
            result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains(": ", StringComparison.Ordinal)));

        // The licence is the file in the package; the description says which machine it is for.
        Dictionary<string, string> ours = Metadata(nupkg);
        Dictionary<string, string> theirs = Metadata(Assert.Single(Directory.GetFiles(Path.Combine(pwsh.Folder, "own"))));
        Assert.StartsWith(theirs["description"], ours["description"], StringComparison.Ordinal);
        Assert.Equal("LICENSE", ours["license"]);
        string[] different = ["license", "licenseUrl", "description", "tags"];
        Assert.Equal(Without(theirs), Without(ours));
        Assert.Equal(theirs["tags"].Split(' ').Order(StringComparer.Ordinal), ours["tags"].Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal(OperatingSystem.IsWindows() ? ["Windows"] : OperatingSystem.IsLinux() ? ["Linux"] : ["MacOS"], ours["tags"].Split(' ').Intersect(["Windows", "Linux", "MacOS"]));

        IEnumerable<string> Without(Dictionary<string, string> metadata) =>
            metadata.Where(pair => !different.Contains(pair.Key)).Select(pair => $"{pair.Key}: {pair.Value.ReplaceLineEndings("\n")}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Version_without_a_section_in_the_changelog_is_not_packed()
    {
        (int code, string output) = PackageFixture.Build("DescribePackage", "-p:Version=9.8.7");

        Assert.NotEqual(0, code);
        Assert.Contains("CHANGELOG.md has no section '## 9.8.7'", output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Metadata(string nupkg)
    {
        using ZipArchive archive = ZipFile.OpenRead(nupkg);
        using Stream stream = archive.GetEntry("MedSeg.nuspec")!.Open();
        return XDocument.Load(stream).Descendants().Where(element => !element.HasElements).ToDictionary(element => element.Name.LocalName, element => element.Value);
    }
}
