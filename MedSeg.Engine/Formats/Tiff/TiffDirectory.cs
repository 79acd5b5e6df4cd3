using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;

namespace MedSeg.Formats.Tiff;

/// <summary>What a directory of a TIFF file says of its page (TIFF 6.0, sections 2 and 8), read before the page is decoded.</summary>
internal sealed class TiffDirectory
{
    private const int EntryLength = 12;

    // Far more pages than a stack has; every one costs a walk over its entries.
    private const int MostDirectories = 65535;

    private static readonly int[] s_sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

    private readonly Dictionary<ushort, Entry> _entries = [];
    private readonly bool _isBigEndian;

    private TiffDirectory(uint offset, bool isBigEndian)
    {
        Offset = offset;
        _isBigEndian = isBigEndian;
    }

    /// <summary>Gets the byte at which the directory begins.</summary>
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
            throw new FileFormatException("NotTiff", path, "the file does not begin as a TIFF file does.", 0);
        }

        bool big = content[0] == 'M';
        var directories = new List<TiffDirectory>();
        var seen = new HashSet<uint>();
        uint offset = content.Length < 8 ? throw Truncated(path, content.Length) : ReadUInt32(content[4..], big);
        while (offset != 0)
        {
            if (!seen.Add(offset) || directories.Count == MostDirectories)
            {
                throw new FileFormatException("TiffInvalid", path, "the directories of the pages form a loop. The file is damaged; save it again.", offset);
            }

            var directory = new TiffDirectory(offset, big);
            offset = directory.Read(content, path);
            directories.Add(directory);
        }

        return directories.Count > 0 ? directories : throw new FileFormatException("TiffInvalid", path, "the file has no page. Save it again.", 4);
    }

    /// <summary>Finds the first number of an entry.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="tag">The entry's tag.</param>
    /// <param name="fallback">What holds where the entry is absent.</param>
    /// <returns>The number.</returns>
    public uint Find(ReadOnlySpan<byte> content, ushort tag, uint fallback) =>
        _entries.TryGetValue(tag, out Entry entry) && entry.Count > 0 ? ReadNumber(content, entry, 0) : fallback;

    /// <summary>Finds all numbers of an entry.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="tag">The entry's tag.</param>
    /// <returns>The numbers; none where the entry is absent.</returns>
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
    /// <returns>The text; empty where the entry is absent.</returns>
    public string FindText(ReadOnlySpan<byte> content, ushort tag) =>
        _entries.TryGetValue(tag, out Entry entry) && entry.Type == 2 ? Encoding.Latin1.GetString(content.Slice((int)entry.Offset, (int)entry.Count)) : string.Empty;

    private static FileFormatException Truncated(string path, long offset) =>
        new("TiffTruncated", path, "the file ends before its directory or the data that it states. Copy or save it again.", offset);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    // Gives the offset of the next directory. Values that lie outside of the file are refused here, since the decoder
    // would ask for their memory first.
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
                throw new FileFormatException("TiffTruncated", path, $"entry {tag} of a page states {values:N0} values, which end beyond the file. Copy or save it again.", at);
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
