using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// The zip archive of a .pt file, as torch.save writes it since PyTorch 1.6: data.pkl and, uncompressed, a file for each
/// storage. An archive cannot give more bytes than it has, since nothing compressed is read.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    private const string PickleName = "data.pkl";
    private const long MaximumPickleLength = 16 << 20;

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
                throw new FileFormatException("TorchCompressed", path, $"the archive promises more than it holds: '{Printable(entry.FullName)}' has {entry.CompressedLength:N0} bytes and gives {entry.Length:N0}. torch.save compresses nothing; the file was repacked, or is a zip bomb.");
            }

            if (!_entries.TryAdd(entry.FullName, entry))
            {
                throw Invalid($"'{Printable(entry.FullName)}' is there twice");
            }
        }

        string[] pickles = [.. _entries.Keys.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal))];
        _folder = pickles.Length == 1 ? pickles[0][..^PickleName.Length] : throw Invalid($"it has {pickles.Length} files data.pkl, expected one, as torch.save writes");
    }

    /// <summary>Opens an archive.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">It is damaged, compressed or not from torch.save.</exception>
    public static TorchArchive Open(byte[] content, string path) => Guard(path, () => new TorchArchive(content, path));

    /// <summary>Reads the pickle.</summary>
    public byte[] ReadPickle()
    {
        if (_entries.TryGetValue(_folder + "byteorder", out ZipArchiveEntry? order) && !ReadEntry(order).AsSpan().SequenceEqual("little"u8))
        {
            throw Invalid("its numbers are not little-endian");
        }

        ZipArchiveEntry entry = _entries[_folder + PickleName];
        return entry.Length <= MaximumPickleLength ? ReadEntry(entry) : throw Invalid($"data.pkl has {entry.Length:N0} bytes, at most {MaximumPickleLength:N0} are read");
    }

    /// <summary>Reads a tensor.</summary>
    public SafetensorsTensor ReadTensor(TorchTensor tensor)
    {
        TorchStorage storage = tensor.Storage;
        if (!_entries.TryGetValue($"{_folder}data/{storage.Key}", out ZipArchiveEntry? entry))
        {
            throw Invalid($"the numbers 'data/{Printable(storage.Key)}' are missing");
        }

        int size = SafetensorsTensor.ElementSizes[storage.ElementType];
        return storage.Length == entry.Length / size && entry.Length % size == 0
            ? tensor.Gather(ReadEntry(entry))
            : throw Invalid($"'data/{Printable(storage.Key)}' has {entry.Length:N0} bytes, expected {storage.Length:N0} numbers of {size}");
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

        // Zip's check is PNG's (APPNOTE.TXT 4.4.7).
        return entry.Crc32 == Crc32.Compute(bytes) ? bytes : throw Invalid($"the checksum of '{Printable(entry.FullName)}' is wrong: the file was damaged");
    });

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new FileFormatException("TorchInvalid", path, "the zip archive is damaged or truncated. Copy the file again, or save it again with torch.save.", null, e);
        }
    }

    private FileFormatException Invalid(string problem) => new("TorchInvalid", _path, $"this is not a whole file of torch.save: {problem}.");

    // Names come from a stranger and go to a terminal.
    private static string Printable(string name) => string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
