using System.IO.Compression;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests;

/// <summary>The module staged for a package, from what is built already.</summary>
public sealed partial class PackageFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public PackageFixture()
    {
        (int code, string output) = Build("StageModule", In("whole"));
        Assert.True(code == 0, output);
        Stage = Assert.Single(Directory.GetDirectories(Path.Combine(_folder, "whole")));
        ModulePath = Path.Combine(Stage, "MedSeg");
    }

    /// <summary>Gets the folder that is packed; it is named by runtime and backends.</summary>
    public string Stage { get; }

    /// <summary>Gets the folder of the module within it.</summary>
    public string ModulePath { get; }

    /// <summary>Gets the version that the manifest states.</summary>
    public static string Version { get; } = ManifestVersion().Match(SourceText("MedSeg.psd1")).Groups[1].Value;

    /// <summary>Gives the text of a file of the repository.</summary>
    public static string SourceText(string name) =>
        File.ReadAllText(Path.Combine(ModuleSession.Setting("RepositoryRoot"), name)).ReplaceLineEndings("\n");

    /// <summary>Gives the block of code in a page that has a text.</summary>
    /// <param name="name">The page.</param>
    /// <param name="text">What only this block has.</param>
    public static string CodeBlock(string name, string text) =>
        Assert.Single(SourceText(name).Split("```").Where((part, i) => i % 2 == 1 && part.Contains(text, StringComparison.Ordinal))).Split('\n', 2)[1];

    /// <summary>Gives the paths of a folder's files relative to it, with slashes.</summary>
    public static string[] FilesOf(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Packs the module without its large libraries, which would take a minute. It can be imported, and reads files.</summary>
    /// <param name="name">The name of the folder to pack in.</param>
    /// <param name="properties">Further properties of the build.</param>
    /// <returns>What was packed, the zip and the .nupkg.</returns>
    public (string ModulePath, string Zip, string Nupkg) PackSmall(string name, params string[] properties)
    {
        string stage = Path.Combine(_folder, name, Path.GetFileName(Stage));
        string module = Path.Combine(stage, "MedSeg");
        foreach (string file in FilesOf(ModulePath).Where(file => file == "engine/MedSeg.Engine.dll" || new FileInfo(Path.Combine(ModulePath, file)).Length < 1_000_000))
        {
            string copy = Path.Combine(module, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(ModulePath, file), copy);
        }

        (int code, string output) = Build("PackModule", [In(name), .. properties]);
        Assert.True(code == 0, output);
        return (module, Assert.Single(Directory.GetFiles(Path.Combine(_folder, name), "*.zip")), Assert.Single(Directory.GetFiles(stage, "*.nupkg")));
    }

    /// <summary>Gives the names in an archive, less those that only a .nupkg has.</summary>
    public static string[] NamesIn(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name is not ("[Content_Types].xml" or "MedSeg.nuspec"))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Runs a target of build/Package.targets.</summary>
    public static (int Code, string Output) Build(string target, params string[] properties)
    {
        // What is built is taken.
        string[] fixedArguments = ["MedSeg.PowerShell", $"-t:{target}", "-p:BuildProjectReferences=false"];
        return DotnetBuild.Run([.. fixedArguments, .. ModuleSession.Setting("PackageProperties").Split(' '), .. properties]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => $"-p:PackageFolder={Path.Combine(_folder, name)}/";

    [GeneratedRegex(@"ModuleVersion\s*=\s*'([^']+)'")]
    private static partial Regex ManifestVersion();
}
