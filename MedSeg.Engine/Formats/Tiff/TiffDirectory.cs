using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;

namespace MedSeg.Formats.Tiff;

/// <summary>A directory of a TIFF file (TIFF 6.0, sections 2 and 8), which describes a page; read and checked before the page is decoded.</summary>
internal sealed class TiffDirectory
{
    private const int EntryLength = 12;

    // Far more pages than any stack has; each costs a pass over its entries.
    private const int MostDirectories = 65535;

    private static readonly int[] s_sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

    private readonly Dictionary<ushort, Entry> _entries = [];
    private readonly bool _isBigEndian;

    private TiffDirectory(uint offset, bool isBigEndian)
    {
        Offset = offset;
        _isBigEndian = isBigEndian;
    }

    /// <summary>Gets the offset of the directory, in bytes.</summary>
    public uint Offset { get; }

    /// <summary>Gets a value indicating whether numbers have their most significant byte first.</summary>
    public bool IsBigEndian => _isBigEndian;

    /// <summary>Reads all directories of a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The directories, in the file's order.</returns>
    /// <exception cref="FileFormatException"><c>NotTiff</c>, <c>TiffInvalid</c> or <c>TiffTruncated</c>.</exception>
    public static IReadOnlyList<TiffDirectory> ReadAll(ReadOnlySpan<byte> content, string path)
    {
        if (!TiffLabel.IsTiff(content))
        {
            throw new FileFormatException(ErrorIds.NotTiff, path, "This is not a TIFF file.", 0);
        }

        bool big = content[0] == 'M';
        var directories = new List<TiffDirectory>();
        var seen = new HashSet<uint>();
        uint offset = content.Length < 8 ? throw Truncated(path, content.Length) : ReadUInt32(content[4..], big);
        while (offset != 0)
        {
            if (!seen.Add(offset) || directories.Count == MostDirectories)
            {
                throw new FileFormatException(
                    ErrorIds.TiffInvalid,
                    path,
                    "The directories of the pages form a loop: the file is damaged.",
                    offset)
                {
                    Advice = ImageFile.DamagedAdvice,
                };
            }

            var directory = new TiffDirectory(offset, big);
            offset = directory.Read(content, path);
            directories.Add(directory);
        }

        return directories.Count > 0 ? directories : throw new FileFormatException(ErrorIds.TiffInvalid, path, "The file has no page.", 4) { Advice = "Save the mask again." };
    }

    /// <summary>Finds the first number of an entry.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="tag">The entry's tag.</param>
    /// <param name="fallback">The value to return if the entry is missing.</param>
    /// <returns>The number.</returns>
    public uint Find(ReadOnlySpan<byte> content, ushort tag, uint fallback) =>
        _entries.TryGetValue(tag, out Entry entry) && entry.Count > 0 ? ReadNumber(content, entry, 0) : fallback;

    /// <summary>Finds all numbers of an entry.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="tag">The entry's tag.</param>
    /// <returns>The numbers; empty if the entry is missing.</returns>
    public uint[] FindAll(ReadOnlySpan<byte> content, ushort tag)
    {
        if (!_entries.TryGetValue(tag, out Entry entry))
        {
            return [];
        }

        uint[] values = new uint[entry.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ReadNumber(content, entry, i);
        }

        return values;
    }

    /// <summary>Finds the text of an entry.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="tag">The entry's tag.</param>
    /// <returns>The text; empty if the entry is missing.</returns>
    public string FindText(ReadOnlySpan<byte> content, ushort tag) =>
        _entries.TryGetValue(tag, out Entry entry) && entry.Type == 2
            ? Encoding.Latin1.GetString(content.Slice((int)entry.Offset, (int)entry.Count))
            : string.Empty;

    private static FileFormatException Truncated(string path, long offset) =>
        new(ErrorIds.TiffTruncated, path, "The file ends before its directory or the data that the directory refers to.", offset) { Advice = ImageFile.DamagedAdvice };

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    // Returns the offset of the next directory. Values outside of the file are refused here, because the decoder would
    // allocate memory for them first.
    private uint Read(ReadOnlySpan<byte> content, string path)
    {
        int count = Offset + 2L <= content.Length ? ReadUInt16(content[(int)Offset..], _isBigEndian) : throw Truncated(path, content.Length);
        long end = Offset + 2L + ((long)count * EntryLength);
        if (end + 4 > content.Length)
        {
            throw Truncated(path, content.Length);
        }

        for (int i = 0; i < count; i++)
        {
            int at = (int)Offset + 2 + (i * EntryLength);
            ushort tag = ReadUInt16(content[at..], _isBigEndian);
            ushort type = ReadUInt16(content[(at + 2)..], _isBigEndian);
            uint values = ReadUInt32(content[(at + 4)..], _isBigEndian);
            long length = (long)values * (type < s_sizes.Length ? s_sizes[type] : 0);
            long start = length <= 4 ? at + 8 : ReadUInt32(content[(at + 8)..], _isBigEndian);
            if (start + length > content.Length || (length == 0 && values > content.Length))
            {
                throw new FileFormatException(
                    ErrorIds.TiffTruncated,
                    path,
                    $"Entry {tag} of a page states {values:N0} values, which extend beyond the end of the file.",
                    at)
                {
                    Advice = ImageFile.DamagedAdvice,
                };
            }

            _entries.TryAdd(tag, new Entry(type, values, start));
        }

        return ReadUInt32(content[(int)end..], _isBigEndian);
    }

    private uint ReadNumber(ReadOnlySpan<byte> content, Entry entry, int index) => entry.Type switch
    {
        1 or 6 or 7 => content[(int)entry.Offset + index],
        3 or 8 => ReadUInt16(content[((int)entry.Offset + (2 * index))..], _isBigEndian),
        4 or 9 or 13 => ReadUInt32(content[((int)entry.Offset + (4 * index))..], _isBigEndian),
        _ => 0,
    };

    private readonly record struct Entry(ushort Type, uint Count, long Offset);
}
