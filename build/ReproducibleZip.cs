using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Writes an archive whose bytes depend on its files alone: their order, time and permissions are always the same.</summary>
/// <remarks>
/// The time is 1980-01-01, the first that a zip can have, or that of the environment variable SOURCE_DATE_EPOCH (reproducible-builds.org). Of a .nupkg,
/// the names that NuGet draws at random are replaced.
/// </remarks>
public sealed class ReproducibleZip : Task
{
    private const int RegularFile = 0x81A4 << 16;

    // The reference assemblies of inline tasks are older than this property.
    private static readonly PropertyInfo s_attributes = typeof(ZipArchiveEntry).GetProperty("ExternalAttributes");
    private static readonly Regex s_drawn = new Regex("core-properties/[0-9a-f]{32}\\.psmdcp");
    private static readonly Regex s_id = new Regex(" Id=\"R[0-9A-F]+\"");

    /// <summary>The folder whose files are archived; or the .nupkg to write again.</summary>
    [Required]
    public string Source { get; set; }

    /// <summary>The name of the folder within the archive; empty for none.</summary>
    public string Root { get; set; }

    /// <summary>The archive to write.</summary>
    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        string partial = Destination + ".part";
        using (ZipArchive package = File.Exists(Source) ? ZipFile.OpenRead(Source) : null)
        using (var archive = new ZipArchive(File.Create(partial), ZipArchiveMode.Create))
        {
            foreach (KeyValuePair<string, Func<Stream>> file in package == null ? OfFolder() : OfPackage(package))
            {
                ZipArchiveEntry entry = archive.CreateEntry(file.Key, CompressionLevel.Optimal);
                entry.LastWriteTime = Time();
                s_attributes.SetValue(entry, RegularFile);
                using (Stream source = file.Value())
                using (Stream stream = entry.Open())
                {
                    source.CopyTo(stream);
                }
            }
        }

        File.Delete(Destination);
        File.Move(partial, Destination);
        return true;
    }

    private static DateTimeOffset Time()
    {
        string epoch = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        return string.IsNullOrEmpty(epoch) ? new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero) : DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch));
    }

    private SortedDictionary<string, Func<Stream>> OfFolder()
    {
        var files = new SortedDictionary<string, Func<Stream>>(StringComparer.Ordinal);
        string folder = Path.GetFullPath(Source).TrimEnd('/', '\\') + Path.DirectorySeparatorChar;
        foreach (string path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            files.Add((string.IsNullOrEmpty(Root) ? "" : Root + "/") + path.Substring(folder.Length).Replace('\\', '/'), () => File.OpenRead(path));
        }

        return files;
    }

    private static SortedDictionary<string, Func<Stream>> OfPackage(ZipArchive package)
    {
        var files = new SortedDictionary<string, Func<Stream>>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in package.Entries)
        {
            string name = s_drawn.Replace(entry.FullName, "core-properties/MedSeg.psmdcp");
            files.Add(name, name == "_rels/.rels" ? () => Named(entry) : (Func<Stream>)entry.Open);
        }

        return files;
    }

    private static Stream Named(ZipArchiveEntry relations)
    {
        using (var reader = new StreamReader(relations.Open()))
        {
            int number = 0;
            string text = s_drawn.Replace(reader.ReadToEnd(), "core-properties/MedSeg.psmdcp");
            return new MemoryStream(Encoding.UTF8.GetBytes(s_id.Replace(text, match => " Id=\"R" + ++number + "\"")));
        }
    }
}
