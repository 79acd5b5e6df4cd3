using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Gathers the licence texts of the packages whose files a module ships, and a list of them.</summary>
/// <remarks>
/// A package's own texts are taken. Where it has none, its text is the one of build/licences with the package's name, or with
/// the name of the licence (SPDX) that it states. A package without a text fails the build: nothing is shipped without.
/// </remarks>
public sealed class GatherLicences : Task
{
    private static readonly string[] s_names = { "licence", "license", "copying", "notice", "third" };
    private static readonly string[] s_endings = { "", ".txt", ".md" };

    /// <summary>The shipped files, of which those of packages carry NuGetPackageId and NuGetPackageVersion.</summary>
    [Required]
    public ITaskItem[] Files { get; set; }

    /// <summary>The folder of all packages.</summary>
    [Required]
    public string PackageRoot { get; set; }

    /// <summary>The folder of the texts for packages that have none.</summary>
    [Required]
    public string TextFolder { get; set; }

    /// <summary>The folder to make.</summary>
    [Required]
    public string Destination { get; set; }

    /// <summary>The packages, with Version, Licence (an SPDX expression, or empty) and Copyright.</summary>
    [Output]
    public ITaskItem[] Packages { get; set; }

    public override bool Execute()
    {
        var packages = new List<ITaskItem>();
        if (Directory.Exists(Destination))
        {
            Directory.Delete(Destination, true);
        }

        Directory.CreateDirectory(Destination);
        var list = new StringBuilder("MedSeg ships files of these packages. Their licence texts are beside this file; MedSeg's own is LICENSE.\n\n");
        foreach (string[] package in Files
            .Select(file => new[] { file.GetMetadata("NuGetPackageId"), file.GetMetadata("NuGetPackageVersion") })
            .Where(package => package[0].Length > 0)
            .GroupBy(package => package[0], StringComparer.OrdinalIgnoreCase).Select(group => group.First())
            .OrderBy(package => package[0], StringComparer.OrdinalIgnoreCase))
        {
            ITaskItem item = Gather(package[0], package[1]);
            if (item == null)
            {
                return false;
            }

            packages.Add(item);
            string licence = item.GetMetadata("Licence");
            list.Append(package[0]).Append(' ').Append(package[1]).Append(": ").Append(licence.Length > 0 ? licence : "see its text").Append(", ").Append(item.GetMetadata("Copyright")).Append('\n');
        }

        Packages = packages.ToArray();

        File.WriteAllText(Path.Combine(Destination, "README.txt"), list.ToString());
        return true;
    }

    private ITaskItem Gather(string id, string version)
    {
        string folder = Path.Combine(PackageRoot, id.ToLowerInvariant(), version.ToLowerInvariant());
        XElement metadata = XDocument.Load(Path.Combine(folder, id.ToLowerInvariant() + ".nuspec")).Root.Elements().First(e => e.Name.LocalName == "metadata");
        XElement licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        string stated = licence != null && (string)licence.Attribute("type") == "expression" ? licence.Value : null;
        string copyright = Value(metadata, "copyright") ?? "Copyright (c) " + Value(metadata, "authors");
        string[] own = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(IsLicence).OrderBy(path => path, StringComparer.Ordinal).ToArray();
        string given = new[] { id, stated }.Where(name => name != null).Select(name => Path.Combine(TextFolder, name + ".txt")).FirstOrDefault(File.Exists);
        if (own.Length == 0 && given == null)
        {
            Log.LogError("The package {0} {1} has no licence text. Put one into {2} as {0}.txt.", id, version, TextFolder);
            return null;
        }

        foreach (string path in own)
        {
            File.Copy(path, Path.Combine(Destination, id + "-" + Path.GetFileNameWithoutExtension(path) + ".txt"), true);
        }

        if (own.Length == 0)
        {
            File.WriteAllText(Path.Combine(Destination, id + "-LICENSE.txt"), File.ReadAllText(given).Replace("{copyright}", copyright));
        }

        return new TaskItem(id, new Dictionary<string, string> { ["Version"] = version, ["Licence"] = stated ?? "", ["Copyright"] = copyright });
    }

    private static string Value(XElement metadata, string name) => metadata.Elements().Where(e => e.Name.LocalName == name).Select(e => e.Value).FirstOrDefault(value => value.Length > 0);

    private static bool IsLicence(string path) =>
        s_names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.OrdinalIgnoreCase)) && s_endings.Contains(Path.GetExtension(path).ToLowerInvariant());
}
