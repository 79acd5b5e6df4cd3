using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// The zip archive of a .pt file, as torch.save writes it since PyTorch 1.6: data.pkl and a file for each storage, all
/// uncompressed. Compressed entries are refused, so that an archive cannot expand to more bytes than it has.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    private const string PickleName = "data.pkl";
    private const long MaximumPickleLength = 16 << 20;
    private const string DamagedAdvice = "Copy the file again, or save the network again with torch.save.";

    private readonly string _path;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;

    private TorchArchive(byte[] content, string path)
    {
        _path = path;
        _zip = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        long total = 0;
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            if (entry.Length != entry.CompressedLength || entry.Length > content.Length || (total += entry.Length) > content.Length)
            {
                throw new FileFormatException(ErrorIds.TorchCompressed, path, $"The archive is compressed, which torch.save never does: '{Printable(entry.FullName)}' expands from {entry.CompressedLength:N0} to {entry.Length:N0} bytes. It was repacked, or is a zip bomb.")
                {
                    Advice = "Save the network again with torch.save.",
                };
            }

            if (!_entries.TryAdd(entry.FullName, entry))
            {
                throw Invalid($"'{Printable(entry.FullName)}' occurs twice");
            }
        }

        string[] pickles = [.. _entries.Keys.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal))];
        _folder = pickles.Length == 1 ? pickles[0][..^PickleName.Length] : throw Invalid($"it has {pickles.Length} data.pkl files; expected one");
    }

    /// <summary>Opens an archive.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">The archive is damaged (<c>TorchInvalid</c>), compressed (<c>TorchCompressed</c>) or not from torch.save.</exception>
    public static TorchArchive Open(byte[] content, string path) => Guard(path, () => new TorchArchive(content, path));

    /// <summary>Reads the pickle.</summary>
    public byte[] ReadPickle()
    {
        if (_entries.TryGetValue(_folder + "byteorder", out ZipArchiveEntry? order) && !ReadEntry(order).AsSpan().SequenceEqual("little"u8))
        {
            throw Invalid("its numbers are big-endian; only little-endian is supported");
        }

        ZipArchiveEntry entry = _entries[_folder + PickleName];
        return entry.Length <= MaximumPickleLength ? ReadEntry(entry) : throw Invalid($"data.pkl has {entry.Length:N0} bytes; the limit is {MaximumPickleLength:N0}");
    }

    /// <summary>Reads a tensor.</summary>
    public SafetensorsTensor ReadTensor(TorchTensor tensor)
    {
        TorchStorage storage = tensor.Storage;
        if (!_entries.TryGetValue($"{_folder}data/{storage.Key}", out ZipArchiveEntry? entry))
        {
            throw Invalid($"the entry 'data/{Printable(storage.Key)}' is missing");
        }

        int size = SafetensorsTensor.ElementSizes[storage.ElementType];
        return storage.Length == entry.Length / size && entry.Length % size == 0
            ? tensor.Gather(ReadEntry(entry))
            : throw Invalid($"'data/{Printable(storage.Key)}' has {entry.Length:N0} bytes; expected {storage.Length:N0} numbers of {size} bytes");
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private byte[] ReadEntry(ZipArchiveEntry entry) => Guard(_path, () =>
    {
        byte[] bytes = new byte[entry.Length];
        using (Stream stream = entry.Open())
        {
            stream.ReadExactly(bytes);
        }

        // Zip uses the same CRC-32 as PNG (APPNOTE.TXT 4.4.7).
        return entry.Crc32 == Crc32.Compute(bytes) ? bytes : throw Invalid($"the checksum of '{Printable(entry.FullName)}' is wrong");
    });

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new FileFormatException(ErrorIds.TorchInvalid, path, "The zip archive is damaged or truncated.", null, e) { Advice = DamagedAdvice };
        }
    }

    private FileFormatException Invalid(string problem) => new(ErrorIds.TorchInvalid, _path, $"The .pt file is damaged, or torch.save did not write it: {problem}.")
    {
        Advice = DamagedAdvice,
    };

    // Names in the file may hold control characters, which must not reach a terminal.
    private static string Printable(string name) => string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
