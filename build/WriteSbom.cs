using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Writes the list of the packages whose files a module ships, as a software bill of materials (CycloneDX 1.6, ECMA-424).</summary>
/// <remarks>It has no serial number and no time, so that two builds of the same sources are byte-identical.</remarks>
public sealed class WriteSbom : Task
{
    private const int HexOfByte = 2;

    /// <summary>The packages, with Version, Licence (an SPDX expression, or empty) and Copyright.</summary>
    [Required]
    public ITaskItem[] Packages { get; set; }

    /// <summary>The folder of all packages.</summary>
    [Required]
    public string PackageRoot { get; set; }

    /// <summary>The version of the module.</summary>
    [Required]
    public string ModuleVersion { get; set; }

    /// <summary>The copyright of the module.</summary>
    [Required]
    public string Copyright { get; set; }

    /// <summary>The file to write.</summary>
    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        string module = Reference("MedSeg", ModuleVersion);
        var json = new StringBuilder("{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.6\",\n  \"version\": 1,\n");
        json.Append("  \"metadata\": {\n    \"component\": ").Append(Component("MedSeg", ModuleVersion, "MIT", Copyright, null, "    ")).Append("\n  },\n");
        json.Append("  \"components\": [\n    ");
        json.Append(string.Join(",\n    ", Packages.Select(package => Component(package.ItemSpec, package.GetMetadata("Version"), Licence(package), package.GetMetadata("Copyright"), Hash(package), "    "))));
        json.Append("\n  ],\n  \"dependencies\": [\n    {\n      \"ref\": ").Append(Text(module)).Append(",\n      \"dependsOn\": [\n        ");
        json.Append(string.Join(",\n        ", Packages.Select(package => Text(Reference(package.ItemSpec, package.GetMetadata("Version"))))));
        json.Append("\n      ]\n    }\n  ]\n}\n");
        File.WriteAllText(Destination, json.ToString());
        return true;
    }

    private static string Reference(string id, string version) => "pkg:nuget/" + id + "@" + version;

    private static string Licence(ITaskItem package) => package.GetMetadata("Licence");

    // The hash of the package as it was downloaded, which NuGet keeps beside it.
    private string Hash(ITaskItem package)
    {
        string id = package.ItemSpec.ToLowerInvariant(), version = package.GetMetadata("Version").ToLowerInvariant();
        byte[] hash = Convert.FromBase64String(File.ReadAllText(Path.Combine(PackageRoot, id, version, id + "." + version + ".nupkg.sha512")).Trim());
        return hash.Aggregate(new StringBuilder(HexOfByte * hash.Length), (text, value) => text.Append(value.ToString("x2"))).ToString();
    }

    private static string Component(string id, string version, string licence, string copyright, string hash, string indent)
    {
        string inner = indent + "  ";
        string licences = licence.Length > 0 ? "{ \"expression\": " + Text(licence) + " }" : "{ \"license\": { \"name\": " + Text("see the folder licences, " + id) + " } }";
        return "{\n" + inner + string.Join(",\n" + inner, new[]
        {
            "\"type\": \"library\"",
            "\"bom-ref\": " + Text(Reference(id, version)),
            "\"name\": " + Text(id),
            "\"version\": " + Text(version),
            hash == null ? null : "\"hashes\": [ { \"alg\": \"SHA-512\", \"content\": " + Text(hash) + " } ]",
            "\"licenses\": [ " + licences + " ]",
            "\"copyright\": " + Text(copyright),
            "\"purl\": " + Text(Reference(id, version)),
        }.Where(line => line != null)) + "\n" + indent + "}";
    }

    private static string Text(string value) => value.Aggregate(new StringBuilder("\""), (text, c) => c < ' ' || c == '"' || c == '\\' ? text.Append("\\u").Append(((int)c).ToString("x4")) : text.Append(c)).Append('"').ToString();
}
