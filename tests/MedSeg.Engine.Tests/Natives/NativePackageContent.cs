using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MedSeg.Tests.Natives;

/// <summary>A package of native libraries to write, whole or with one thing wrong.</summary>
internal sealed record NativePackageContent
{
    /// <summary>Gets the version that the list states.</summary>
    public string Version { get; init; } = "1.2.3";

    /// <summary>Gets the kind of machine that the list states.</summary>
    public string Runtime { get; init; } = "linux-x64";

    /// <summary>Gets the backend that the list states.</summary>
    public string Backend { get; init; } = "cpu";

    /// <summary>Gets the files that the list names.</summary>
    public Dictionary<string, byte[]> Listed { get; init; } = new(StringComparer.Ordinal)
    {
        ["libtorch_cpu.so"] = RandomBytes(3_000_000),
        ["libstdc++.so.6"] = RandomBytes(1000),
        ["licences/torch LICENSE.txt"] = "as is"u8.ToArray(),
    };

    /// <summary>Gets what is written in place of a listed file, or in addition: names as in the archive, in order.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> Changed { get; init; } = [];

    /// <summary>Gets the listed files that are not written.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Gets what the text of the list becomes; null for no list.</summary>
    public Func<string, string?> List { get; init; } = text => text;

    /// <summary>Writes the package.</summary>
    public void Write(string path)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add(archive, "_rels/.rels", "<r/>"u8.ToArray());
        Add(archive, "MedSeg.Native.linux-x64.nuspec", "<p/>"u8.ToArray());
        Add(archive, "[Content_Types].xml", "<t/>"u8.ToArray());
        Add(archive, "package/services/metadata/core-properties/MedSeg.psmdcp", "<c/>"u8.ToArray());
        foreach ((string name, byte[] content) in Listed.Where(file => !Missing.Contains(file.Key)))
        {
            // As NuGet writes names.
            Add(archive, string.Join('/', name.Split('/').Select(Uri.EscapeDataString)), content);
        }

        foreach ((string name, byte[] content) in Changed)
        {
            Add(archive, name, content);
        }

        if (List(ListText()) is { } list)
        {
            Add(archive, "native-files.json", Encoding.UTF8.GetBytes(list));
        }
    }

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using Stream stream = archive.CreateEntry(name).Open();
        stream.Write(content);
    }

    private string ListText() => JsonSerializer.Serialize(new
    {
        version = Version,
        runtime = Runtime,
        backend = Backend,
        files = Listed.Select(file => new { name = file.Key, size = file.Value.Length, sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Value)) }),
    });
}
