using System.IO.Compression;
using System.Xml.Linq;

namespace MedSeg.Tests.Library;

/// <summary>The NuGet package of the engine, packed from what was built.</summary>
public sealed class EnginePackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Package_has_assembly_documentation_and_managed_dependencies()
    {
        // What is restored for packing goes into a folder of its own: other tests and builds use that of the project meanwhile.
        string[] properties = [.. DotnetProcess.Setting("PackProperties").Split(' '), $"-p:MSBuildProjectExtensionsPath={_folder}/obj/"];
        DotnetProcess.Run(["restore", "MedSeg.Engine", "-p:_IsPacking=true", "-nodeReuse:false", .. properties]);
        DotnetProcess.Run(["pack", "MedSeg.Engine", "--no-build", "-nodeReuse:false", "-c", DotnetProcess.Setting("Configuration"), "-o", _folder, .. properties]);

        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_folder, "*.nupkg")));

        string[] names = [.. package.Entries.Select(entry => entry.FullName)];
        string[] expected = ["LICENSE", "README.md", "lib/net8.0/MedSeg.Engine.dll", "lib/net8.0/MedSeg.Engine.xml"];
        Assert.All(expected, name => Assert.Contains(name, names));
        Assert.DoesNotContain(names, name => name.Contains("native", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".so", StringComparison.Ordinal));
        XDocument nuspec = Read(package, "MedSeg.Engine.nuspec");
        XNamespace space = nuspec.Root!.Name.Namespace;
        string[] dependencies = [.. nuspec.Descendants(space + "dependency").Select(d => d.Attribute("id")!.Value)];
        string[] required = ["BitMiracle.LibTiff.NET", "JpegLibrary", "Microsoft.ML.OnnxRuntime", "ScottPlot", "SharpZipLib", "SkiaSharp", "TorchSharp"];
        Assert.All(required, name => Assert.Contains(name, dependencies));
        Assert.DoesNotContain(dependencies, name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || name.Contains("cuda", StringComparison.OrdinalIgnoreCase) || name.Contains("Linux", StringComparison.Ordinal));
        Assert.Equal("README.md", nuspec.Descendants(space + "readme").Single().Value);
        Assert.Contains(Read(package, "lib/net8.0/MedSeg.Engine.xml").Descendants("member"), member => member.Attribute("name")!.Value == "T:MedSeg.Inference.Segmenter");
    }

    private static XDocument Read(ZipArchive package, string name)
    {
        using Stream stream = package.GetEntry(name)!.Open();
        return XDocument.Load(stream);
    }
}
