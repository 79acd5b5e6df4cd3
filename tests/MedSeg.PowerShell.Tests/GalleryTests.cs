using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests;

/// <summary>The module for all systems, which has its native libraries in another package.</summary>
public sealed class GalleryTests(GalleryFixture gallery) : IClassFixture<GalleryFixture>
{
    private static readonly string s_runtime = $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    [Fact]
    public void Module_has_what_is_the_same_for_all_systems()
    {
        string[] files = [.. PackageFixture.FilesOf(gallery.ModulePath)];
        string[] native = [.. files.Where(name => name.StartsWith("engine/", StringComparison.Ordinal) && Path.GetExtension(name) is not (".pdb" or ".json") && !IsManaged(Path.Combine(gallery.ModulePath, name)))];

        Assert.Empty(native);
        Assert.Superset(
            new HashSet<string>(["MedSeg.psd1", "MedSeg.psm1", "MedSeg.PowerShell.dll", "en-US/MedSeg.PowerShell.dll-Help.xml", "engine/MedSeg.Engine.dll", "engine/TorchSharp.dll", "engine/native-package.json", "licences/README.txt"]),
            new HashSet<string>(files));
        Assert.Equal(files, PackageFixture.NamesIn(gallery.Nupkg));
        string nuspec = TextIn(gallery.Nupkg, "MedSeg.nuspec");
        Assert.All((string[])["Windows", "Linux", "MacOS", "PSCmdlet_Install-MedSegNative"], tag => Assert.Contains($" {tag}", nuspec, StringComparison.Ordinal));
        Assert.Contains("Run Install-MedSegNative once", nuspec, StringComparison.Ordinal);
    }

    [Fact]
    public void Native_package_lists_each_file_with_its_size_and_hash()
    {
        Assert.Equal($"MedSeg.Native.{s_runtime}.{PackageFixture.Version}.nupkg", Path.GetFileName(gallery.NativeNupkg));
        JsonNode list = JsonNode.Parse(TextIn(gallery.NativeNupkg, "native-files.json"))!;
        Assert.Equal((PackageFixture.Version, s_runtime), ((string?)list["version"], (string?)list["runtime"]));
        using ZipArchive archive = ZipFile.OpenRead(gallery.NativeNupkg);
        string[] listed = [.. list["files"]!.AsArray().Select(file => (string)file!["name"]!)];

        // Everything but the list itself and what NuGet adds.
        Assert.Equal(listed.Append("native-files.json").Order(StringComparer.Ordinal), archive.Entries.Select(entry => Uri.UnescapeDataString(entry.FullName)).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(listed, name => name.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.Contains(listed, name => name.Contains("onnxruntime", StringComparison.Ordinal));
        Assert.Contains(listed, name => name.Contains("SkiaSharp", StringComparison.Ordinal));
        Assert.Contains(listed, name => name.StartsWith("licences/libtorch", StringComparison.Ordinal) || name.StartsWith("licences/TorchSharp-cuda", StringComparison.Ordinal));
        foreach (JsonNode? file in list["files"]!.AsArray())
        {
            ZipArchiveEntry entry = archive.GetEntry((string)file!["name"]!)!;
            Assert.Equal(entry.Length, (long)file["size"]!);
            if (entry.Length < 5_000_000)
            {
                using Stream stream = entry.Open();
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(stream)), (string?)file["sha256"]);
            }
        }
    }

    [Fact]
    public void Module_is_installed_from_a_feed_then_its_libraries_and_it_trains()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has the folder of a person's modules in the documents of who runs the tests.");
        using var pwsh = new PwshProcess();
        string modules = pwsh.UseNewHome();

        PwshResult result = pwsh.Run(pwsh.Script($$"""
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            Register-PSResourceRepository -Name Lab -Uri '{{gallery.Feed}}' -Trusted
            Install-PSResource MedSeg -Repository Lab
            $module = Import-Module MedSeg -PassThru
            $null = New-MedSegDemoDataset d -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2
            $data = Import-MedSegDataset ./d/train -InputSize 32
            "checked: $(@($data | Test-MedSegLabels).Count)"
            try { $data | Start-MedSegTraining -OutputPath m -Device Cpu -Epochs 2 } catch { "training: $($_.FullyQualifiedErrorId) $($_.Exception.Message)" }
            Install-MedSegNative -Repository Lab -WhatIf
            "after -WhatIf: $(Test-Path "$($module.ModuleBase)/native")"
            $first = Install-MedSegNative -Repository Lab
            "first: $($first.Status) $($first.Path -eq (Join-Path $module.ModuleBase native {{PackageFixture.Version}}-$($first.Runtime)))"
            $loaded = [System.Diagnostics.Process]::GetCurrentProcess().Modules.ForEach({ $_.ModuleName }) -match 'torch|c10'
            "loaded: $($loaded.Count)"
            "second: $((Install-MedSegNative -Repository Lab).Status)"
            "epochs: $(@($data | Start-MedSegTraining -OutputPath m -Device Cpu -Epochs 2 -BaseWidth 2 -Force).Count)"
            $data | Export-MedSegPreview preview.png | ForEach-Object { "preview: $($_.Length -gt 0)" }
            'torch: ' + [System.Diagnostics.Process]::GetCurrentProcess().Modules.Where({ $_.ModuleName -match 'torch_cpu' }).FileName.StartsWith($first.Path)
            Remove-Module MedSeg
            Uninstall-PSResource MedSeg
            "left: $(@(Get-ChildItem '{{modules}}' -Recurse -File -Filter *torch*).Count)"
            """));

        Assert.True(result.Code == 0, result.Output + result.Error);
        Assert.Equal(
            [
                "checked: 4",
                $"training: TorchNotLoaded,MedSeg.PowerShell.Cmdlets.StartMedSegTrainingCommand Torch cannot be loaded. The native libraries of MedSeg {PackageFixture.Version} for {s_runtime} are not installed. "
                    + $"Run Install-MedSegNative. Without a network, get {Path.GetFileName(gallery.NativeNupkg)} and run Install-MedSegNative -Path with it.",
                "after -WhatIf: False", "first: Installed True", "loaded: 0", "second: AlreadyInstalled", "epochs: 2", "preview: True", "torch: True", "left: 0",
            ],
            result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains(": ", StringComparison.Ordinal) && !line.StartsWith("What if", StringComparison.Ordinal)));
    }

    [Fact]
    public void Commands_that_need_a_library_say_how_to_install_it_and_bad_packages_are_refused()
    {
        using var pwsh = new PwshProcess();
        pwsh.ModulePath = gallery.ModulePath;
        string golden = Path.Combine(PwshProcess.RepositoryRoot, "tests", "MedSeg.Engine.Tests", "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt");

        PwshResult result = pwsh.Run(pwsh.Script($$"""
            $ErrorActionPreference = 'Stop'
            $WarningPreference = 'SilentlyContinue'
            function Show([scriptblock] $Command) { try { & $Command } catch { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction)" } }
            $null = New-MedSegDemoDataset d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
            $null = Import-MedSegModel -Path '{{golden}}' -OutputPath m.safetensors
            Show { Import-MedSegDataset ./d/train -InputSize 32 | Export-MedSegPreview p.png }
            Show { Invoke-MedSegSegmentation -Model m.safetensors -Backend OnnxRuntime -Path d/heldout/dicoms -OutputPath masks }
            Show { Invoke-MedSegSegmentation -Model m.safetensors -Path d/heldout/dicoms -OutputPath masks }
            Show { Get-MedSegDevice }
            Show { Install-MedSegNative -Path '{{gallery.Nupkg}}' }
            Show { Install-MedSegNative -Path nowhere.nupkg }
            Show { Install-MedSegNative -Repository Nowhere }
            "native: $(Test-Path '{{gallery.ModulePath}}/native')"
            """));

        Assert.True(result.Code == 0, result.Output + result.Error);
        string[] lines = result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] expected =
        [
            "NativeMissing DeviceError Run Install-MedSegNative.", "NativeMissing DeviceError Run Install-MedSegNative.", "TorchNotLoaded DeviceError Run Install-MedSegNative.", "TorchNotLoaded DeviceError Run Install-MedSegNative.",
            "NativePackageInvalid InvalidData Get the package again", "FileNotFound ObjectNotFound Check the path.", "NativePackageNotFound ObjectNotFound Get-PSResourceRepository lists", "native: False",
        ];
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Module_with_its_libraries_needs_nothing()
    {
        using var session = new ModuleSession();

        object result = Assert.Single(session.Run("Install-MedSegNative -Force | ForEach-Object { \"$($_.Status) $($_.Version) $($_.Path)\" }")).BaseObject;

        Assert.Equal($"PartOfModule {PackageFixture.Version} {Path.Combine(ModuleSession.Setting("ModulePath"), "engine")}", result);
    }

    private static bool IsManaged(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var reader = new PEReader(stream);
        try
        {
            return reader.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static string TextIn(string archivePath, string name)
    {
        using ZipArchive archive = ZipFile.OpenRead(archivePath);
        using var reader = new StreamReader(archive.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}
