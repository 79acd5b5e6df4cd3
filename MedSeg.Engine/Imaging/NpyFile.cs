using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MedSeg.Imaging;

/// <summary>Reads and writes two-dimensional NumPy arrays (the .npy format, versions 1 to 3).</summary>
public static partial class NpyFile
{
    private const int MagicLength = 8;

    /// <summary>Writes unsigned bytes as a version 1.0 array in C order.</summary>
    /// <param name="stream">A stream to write to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The values, row by row.</param>
    public static void Write(Stream stream, int rows, int columns, ReadOnlySpan<byte> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        header = header.PadRight(128 - MagicLength - 2 - 1) + "\n";
        stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, 0]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(values);
    }

    /// <summary>Tells whether a file's content is a NumPy array.</summary>
    internal static bool IsNpy(ReadOnlySpan<byte> content) => content is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..];

    /// <summary>Decodes a file's content.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <returns>The values.</returns>
    /// <exception cref="FileFormatException">The content is damaged or not a two-dimensional array of numbers.</exception>
    internal static LabelImage Decode(byte[] content, string path)
    {
        (string header, int dataStart) = ReadHeader(content, path);
        string type = Member(DescrPattern(), header, path, "descr");
        string shapeText = Member(ShapePattern(), header, path, "shape");
        bool fortran = Member(OrderPattern(), header, path, "fortran_order") == "True";
        (int rows, int columns) = ParseShape(shapeText, path);
        int size = ElementSize(type, path);
        long expected = (long)rows * columns * size;
        if (content.Length - dataStart != expected)
        {
            throw new FileFormatException(
                content.Length - dataStart < expected ? "NpyTruncated" : "NpyInvalid",
                path,
                $"the header promises {rows} × {columns} values of type {type}, {expected} bytes, but {content.Length - dataStart} follow. Save the array again.",
                dataStart);
        }

        float[] values = new float[rows * columns];
        for (int i = 0; i < values.Length; i++)
        {
            int target = fortran ? (i % rows * columns) + (i / rows) : i;
            values[target] = Element(content.AsSpan(dataStart + (i * size), size), type, path);
        }

        return new LabelImage(rows, columns, values, IsLossy: false);
    }

    private static (string Header, int DataStart) ReadHeader(byte[] content, string path)
    {
        if (content.Length < MagicLength + 4)
        {
            throw new FileFormatException("NpyTruncated", path, $"the file has {content.Length} bytes, too few for a NumPy array.", 0);
        }

        int version = content[6];
        if (version is < 1 or > 3)
        {
            throw new FileFormatException("NpyUnsupported", path, $"the array has format version {version}; versions 1 to 3 are known.", 6);
        }

        int start = version == 1 ? MagicLength + 2 : MagicLength + 4;
        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(MagicLength)) : BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(MagicLength));
        if (length > content.Length - start)
        {
            throw new FileFormatException("NpyTruncated", path, $"the header is to have {length} bytes, but only {content.Length - start} follow.", MagicLength);
        }

        return (Encoding.UTF8.GetString(content, start, (int)length), start + (int)length);
    }

    private static string Member(Regex pattern, string header, string path, string name)
    {
        Match match = pattern.Match(header);
        if (!match.Success)
        {
            string advice = name == "descr" ? "holds records, not numbers; save it with np.save(path, labels.astype(np.uint8))" : $"has a header without a readable '{name}'";
            throw new FileFormatException("NpyInvalid", path, $"the array {advice}.", MagicLength);
        }

        return match.Groups[1].Value;
    }

    private static (int Rows, int Columns) ParseShape(string text, string path)
    {
        string[] sizes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] used = sizes.Length == 3 && sizes[0] == "1" ? sizes[1..] : sizes.Length == 3 && sizes[2] == "1" ? sizes[..2] : sizes;
        if (used.Length != 2
            || !int.TryParse(used[0], NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            || !int.TryParse(used[1], NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            || rows == 0 || columns == 0 || rows > 65535 || columns > 65535)
        {
            throw new FileFormatException("NpyInvalid", path, $"the array has the shape ({text}); a label mask has the shape (rows, columns).", MagicLength);
        }

        return (rows, columns);
    }

    private static int ElementSize(string type, string path)
    {
        if (type.Contains('O', StringComparison.Ordinal))
        {
            throw new FileFormatException("NpyUnsupported", path, "the array holds Python objects (dtype object), which are not read. Save it with np.save(path, labels.astype(np.uint8)).", MagicLength);
        }

        return type.Length == 3 && type[0] is '<' or '>' or '|' or '=' && type[1..] is "b1" or "i1" or "u1" or "i2" or "u2" or "f2" or "i4" or "u4" or "f4" or "i8" or "u8" or "f8"
            ? type[2] - '0'
            : throw new FileFormatException("NpyUnsupported", path, $"the array has the type '{type}'; integers, floats and bool are read. Save it with np.save(path, labels.astype(np.uint8)).", MagicLength);
    }

    private static float Element(ReadOnlySpan<byte> bytes, string type, string path)
    {
        Span<byte> little = stackalloc byte[8];
        bytes.CopyTo(little);
        if (type[0] == '>')
        {
            little[..bytes.Length].Reverse();
        }

        double value = type[1..] switch
        {
            "b1" or "u1" => little[0],
            "i1" => (sbyte)little[0],
            "i2" => BinaryPrimitives.ReadInt16LittleEndian(little),
            "u2" => BinaryPrimitives.ReadUInt16LittleEndian(little),
            "f2" => (double)BinaryPrimitives.ReadHalfLittleEndian(little),
            "i4" => BinaryPrimitives.ReadInt32LittleEndian(little),
            "u4" => BinaryPrimitives.ReadUInt32LittleEndian(little),
            "f4" => BinaryPrimitives.ReadSingleLittleEndian(little),
            "i8" => BinaryPrimitives.ReadInt64LittleEndian(little),
            "u8" => BinaryPrimitives.ReadUInt64LittleEndian(little),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(little),
        };
        return double.IsFinite(value) ? (float)value : throw new FileFormatException("NpyInvalid", path, "the array holds values that are not finite (NaN or infinity); a label mask holds ROI numbers.");
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();
}
