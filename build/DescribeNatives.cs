using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Completes a staged folder of native libraries: a manifest, as galleries want one in each package, the nuspec, and the list of the files with their SHA-256.</summary>
public sealed class DescribeNatives : Task
{
    private const string ListName = "native-files.json";
    private const int HexOfByte = 2;

    /// <summary>The staged folder.</summary>
    [Required]
    public string Folder { get; set; }

    /// <summary>The name of the package.</summary>
    [Required]
    public string Id { get; set; }

    /// <summary>The nuspec to write.</summary>
    [Required]
    public string Nuspec { get; set; }

    /// <summary>The runtime of the package, such as linux-x64.</summary>
    [Required]
    public string MedSegRuntime { get; set; }

    /// <summary>What it computes with, such as cpu.</summary>
    [Required]
    public string Backend { get; set; }

    [Required]
    public string ModuleVersion { get; set; }

    [Required]
    public string Authors { get; set; }

    [Required]
    public string Copyright { get; set; }

    public string ProjectUri { get; set; }

    public string IconUri { get; set; }

    public override bool Execute()
    {
        string description = "The native libraries of MedSeg " + ModuleVersion + " for " + MedSegRuntime + " (" + Backend + "): torch, ONNX Runtime and Skia. Install-MedSegNative of the module MedSeg installs them.";
        File.Delete(Path.Combine(Folder, ListName));
        File.WriteAllText(Path.Combine(Folder, Id + ".psd1"), Manifest(description));
        File.WriteAllText(Path.Combine(Folder, ListName), List());
        File.WriteAllText(Nuspec, NuspecText(description));
        return true;
    }

    private string List()
    {
        string root = Path.GetFullPath(Folder).TrimEnd('/', '\\') + Path.DirectorySeparatorChar;
        IEnumerable<string> files = Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .Select(path => path.Substring(root.Length).Replace('\\', '/'))
            .OrderBy(name => name, StringComparer.Ordinal)
            .Select(name => "    { \"name\": \"" + name + "\", \"size\": " + new FileInfo(root + name).Length + ", \"sha256\": \"" + Hash(root + name) + "\" }");
        return "{\n  \"version\": \"" + ModuleVersion + "\",\n  \"runtime\": \"" + MedSegRuntime + "\",\n  \"backend\": \"" + Backend + "\",\n  \"files\": [\n" + string.Join(",\n", files) + "\n  ]\n}\n";
    }

    private static string Hash(string path)
    {
        using (SHA256 sha = SHA256.Create())
        using (FileStream stream = File.OpenRead(path))
        {
            return sha.ComputeHash(stream).Aggregate(new StringBuilder(HexOfByte * HexOfByte), (text, value) => text.Append(value.ToString("x2"))).ToString();
        }
    }

    // The identifier of the module is that of its name, so that two builds are byte-identical.
    private string Manifest(string description)
    {
        using (SHA256 sha = SHA256.Create())
        {
            var id = new Guid(sha.ComputeHash(Encoding.UTF8.GetBytes(Id)).Take(16).ToArray());
            return "@{\n    ModuleVersion     = '" + ModuleVersion + "'\n    GUID              = '" + id + "'\n    Author            = '" + Quoted(Authors) + "'\n    Copyright         = '" + Quoted(Copyright)
                + "'\n    Description       = '" + Quoted(description) + "'\n    CmdletsToExport   = @()\n    FunctionsToExport = @()\n    AliasesToExport   = @()\n    VariablesToExport = @()\n}\n";
        }
    }

    private string NuspecText(string description) =>
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\">\n  <metadata>\n    <id>" + Id + "</id>\n    <version>" + ModuleVersion
        + "</version>\n    <authors>" + Escaped(Authors) + "</authors>\n    <owners>MedSeg</owners>\n    <requireLicenseAcceptance>false</requireLicenseAcceptance>\n    <license type=\"file\">LICENSE</license>\n"
        + Uri("projectUrl", ProjectUri) + Uri("iconUrl", IconUri) + "    <description>" + Escaped(description) + "</description>\n    <copyright>" + Escaped(Copyright)
        + "</copyright>\n    <tags>PSModule MedSeg</tags>\n  </metadata>\n  <files>\n    <file src=\"**\" target=\"\" />\n  </files>\n</package>\n";

    private static string Uri(string element, string uri) => string.IsNullOrEmpty(uri) ? "" : "    <" + element + ">" + Escaped(uri) + "</" + element + ">\n";

    private static string Quoted(string text) => text.Replace("'", "''");

    private static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
