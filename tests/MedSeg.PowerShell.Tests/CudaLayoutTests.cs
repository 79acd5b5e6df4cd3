using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests;

/// <summary>
/// What a build for CUDA ships, with small packages in place of NVIDIA's and torch's, which have gigabytes. They have the names and the layout of
/// the real ones: TorchSharp-cuda-windows leads to a package of libtorch, and that to parts with the libraries.
/// </summary>
public sealed class CudaLayoutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cuda-windows", "win-x64", "torch_cuda.dll", "cudnn64_9.dll", "torch_python.dll", "LibTorchSharp.dll")]
    [InlineData("cuda-linux", "linux-x64", "libtorch_cuda.so", "libcudnn-2f1a.so.9", "libtorch_python.so", "libLibTorchSharp.so")]
    public void Libraries_of_CUDA_are_in_one_folder_with_their_licences_and_a_name_of_their_own(string backend, string runtime, string torch, string cudnn, string unused, string shim)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links to folders need a right that users of Windows do not have.");
        string source = Path.Combine(_folder, "source");
        string packages = Path.Combine(_folder, "packages");
        CopyProjects(source);
        LinkPackages(packages);
        string version = VersionOf("TorchSharpVersion");
        string parts = $"libtorch-cuda-12.8-{runtime}";
        Pack($"TorchSharp-{backend}", version, (parts, VersionOf("LibTorchVersion")));
        Pack(parts, VersionOf("LibTorchVersion"), ($"{parts}-part1", VersionOf("LibTorchVersion")), $"runtimes/{runtime}/native/{torch}", $"runtimes/{runtime}/native/{unused}");
        Pack($"{parts}-part1", VersionOf("LibTorchVersion"), null, $"runtimes/{runtime}/native/{cudnn}");

        (int code, string output) = DotnetBuild.Run(
            Path.Combine(source, "MedSeg.PowerShell"), "-t:PackageNatives", $"-p:MedSegRuntime={runtime}", $"-p:TorchBackend={backend}", $"-p:PackageFolder={_folder}/out/",
            $"-p:RestoreSources={_folder}/feed", $"-p:RestorePackagesPath={packages}", $"-p:NuGetPackageRoot={packages}/");

        Assert.True(code == 0, output);
        string feed = Path.Combine(_folder, "out", $"gallery.{backend}");
        string id = $"MedSeg.Native.{runtime}.{backend}";
        Assert.True(File.Exists(Path.Combine(feed, $"{id}.{PackageFixture.Version}.nupkg")), output);
        JsonNode list = JsonNode.Parse(File.ReadAllText(Path.Combine(feed, id, "native-files.json")))!;
        string[] names = [.. list["files"]!.AsArray().Select(file => (string)file!["name"]!)];
        Assert.Equal((backend, runtime), ((string?)list["backend"], (string?)list["runtime"]));
        Assert.Superset(new HashSet<string>([torch, cudnn, shim, $"licences/{parts}-LICENSE.txt", $"licences/{parts}-part1-LICENSE.txt"]), new HashSet<string>(names));
        Assert.DoesNotContain(names, name => name == unused || name.Contains("torch_cpu", StringComparison.Ordinal) || (name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("licences/", StringComparison.Ordinal)));
    }

    private static string VersionOf(string property) => Regex.Match(PackageFixture.SourceText("Directory.Packages.props"), $"<{property}>(.*?)</{property}>").Groups[1].Value;

    // Without the sources, since nothing is compiled, in a folder of its own: the lists of packages in obj are those of another machine.
    private static void CopyProjects(string target)
    {
        string root = ModuleSession.Setting("RepositoryRoot");
        string[] files =
        [
            .. Directory.GetFiles(root).Where(path => !Path.GetFileName(path).StartsWith(".git", StringComparison.Ordinal)),
            .. Directory.GetFiles(Path.Combine(root, "build")),
            .. Directory.GetFiles(Path.Combine(root, "build", "licences")),
            Path.Combine(root, "MedSeg.Engine", "MedSeg.Engine.csproj"),
            Path.Combine(root, "MedSeg.PowerShell", "MedSeg.PowerShell.csproj"),
            Path.Combine(root, "build", "MedSeg.Help", "MedSeg.Help.csproj"),
        ];
        foreach (string file in files)
        {
            string copy = Path.Combine(target, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // All packages but those of torch's libraries, which the build must not take.
    private static void LinkPackages(string target)
    {
        Directory.CreateDirectory(target);
        foreach (string package in Directory.GetDirectories(ModuleSession.Setting("PowerShellFolder").Split("powershell/")[0]))
        {
            string name = Path.GetFileName(package);
            if (!name.StartsWith("libtorch", StringComparison.Ordinal) && !name.StartsWith("torchsharp-", StringComparison.Ordinal))
            {
                Directory.CreateSymbolicLink(Path.Combine(target, name), package);
            }
        }
    }

    private void Pack(string id, string version, (string Id, string Version)? dependency, params string[] files)
    {
        string feed = Directory.CreateDirectory(Path.Combine(_folder, "feed")).FullName;
        using var archive = new ZipArchive(File.Create(Path.Combine(feed, $"{id}.{version}.nupkg")), ZipArchiveMode.Create);
        string dependencies = dependency is { } one ? $"<dependencies><group targetFramework=\".NETStandard2.0\"><dependency id=\"{one.Id}\" version=\"[{one.Version}]\" /></group></dependencies>" : string.Empty;
        Add($"{id}.nuspec", $"<package><metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>A stand-in.</description>{dependencies}</metadata></package>");
        Add("LICENSE.txt", "The licence of a stand-in.");
        Add("lib/netstandard2.0/_._", string.Empty);
        foreach (string file in files)
        {
            Add(file, id);
        }

        void Add(string name, string text)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
