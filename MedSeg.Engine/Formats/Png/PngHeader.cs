using System.Buffers.Binary;
using MedSeg.Errors;

namespace MedSeg.Formats.Png;

/// <summary>The image header chunk, IHDR (W3C PNG, third edition, section 11.2.1).</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="BitDepth">The number of bits per sample.</param>
/// <param name="ColorType">0 grey, 2 RGB, 3 indexed, 4 grey with alpha, 6 RGB with alpha.</param>
/// <param name="Interlaced">Whether the image is stored in the seven passes of Adam7.</param>
internal readonly record struct PngHeader(int Rows, int Columns, int BitDepth, int ColorType, bool Interlaced)
{
    /// <summary>The length of the chunk's data, in bytes.</summary>
    public const int Length = 13;

    /// <summary>Gets the number of samples per pixel.</summary>
    public int Channels => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Gets the distance in bytes to the corresponding byte of the pixel on the left, for filters (section 9.2).</summary>
    public int FilterDistance => Math.Max(1, Channels * BitDepth / 8);

    /// <summary>Returns the chunk's data.</summary>
    public byte[] ToBytes()
    {
        byte[] data = new byte[Length];
        BinaryPrimitives.WriteInt32BigEndian(data, Columns);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), Rows);
        data[8] = (byte)BitDepth;
        data[9] = (byte)ColorType;
        data[12] = Interlaced ? (byte)1 : (byte)0;
        return data;
    }

    /// <summary>Parses the chunk's data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <returns>The header.</returns>
    /// <exception cref="FileFormatException"><c>PngInvalid</c>.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> data, string path)
    {
        if (data.Length != Length)
        {
            throw new FileFormatException(ErrorIds.PngInvalid, path, $"The image header has {data.Length} bytes; it must have {Length}.");
        }

        uint columns = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint rows = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        ImageFile.CheckSize(rows, columns, ErrorIds.PngInvalid, path);
        (byte depth, byte color, byte compression, byte filter, byte interlace) = (data[8], data[9], data[10], data[11], data[12]);
        bool known = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!known || compression != 0 || filter != 0 || interlace > 1)
        {
            throw new FileFormatException(
                ErrorIds.PngInvalid,
                path,
                $"The image header states bit depth {depth}, colour type {color}, compression {compression}, filter {filter} and interlace {interlace}, which PNG does not define.");
        }

        return new PngHeader((int)rows, (int)columns, depth, color, interlace == 1);
    }

    /// <summary>Returns the length of a row in bytes, without its filter byte.</summary>
    /// <param name="columns">The number of pixels.</param>
    /// <returns>The number of bytes.</returns>
    public int RowBytes(int columns) => checked((int)((((long)columns * Channels * BitDepth) + 7) / 8));
}
