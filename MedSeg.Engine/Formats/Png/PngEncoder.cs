using System.Buffers.Binary;
using System.IO.Compression;
using MedSeg.Files;
using MedSeg.Imaging;

namespace MedSeg.Formats.Png;

/// <summary>Writes masks as PNG files with their exact values (W3C PNG, third edition).</summary>
internal static class PngEncoder
{
    private const byte Grey = 0;
    private const byte Indexed = 3;

    /// <summary>Writes an 8-bit grey image.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The values, row by row.</param>
    /// <exception cref="ArgumentException">The number of values is not rows × columns.</exception>
    public static void WriteGrey8(Stream stream, int rows, int columns, ReadOnlySpan<byte> values) =>
        Write(stream, rows, columns, values, Grey, []);

    /// <summary>Writes an 8-bit indexed image.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The indices, row by row.</param>
    /// <param name="paletteRgb">1 to 256 colours as 0xRRGGBB, one for each index that occurs.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is not rows × columns, the palette is empty or too long, or an index has no colour.
    /// </exception>
    public static void WriteIndexed8(Stream stream, int rows, int columns, ReadOnlySpan<byte> values, ReadOnlySpan<uint> paletteRgb)
    {
        if (paletteRgb.Length is < 1 or > 256)
        {
            throw new ArgumentException($"The palette has {paletteRgb.Length} colours; it must have 1 to 256.", nameof(paletteRgb));
        }

        foreach (byte value in values)
        {
            if (value >= paletteRgb.Length)
            {
                throw new ArgumentException($"The index {value} occurs, but the palette has {paletteRgb.Length} colours.", nameof(values));
            }
        }

        byte[] palette = new byte[3 * paletteRgb.Length];
        for (int i = 0; i < paletteRgb.Length; i++)
        {
            palette[3 * i] = (byte)(paletteRgb[i] >> 16);
            palette[(3 * i) + 1] = (byte)(paletteRgb[i] >> 8);
            palette[(3 * i) + 2] = (byte)paletteRgb[i];
        }

        Write(stream, rows, columns, values, Indexed, palette);
    }

    private static void Write(Stream stream, int rows, int columns, ReadOnlySpan<byte> values, byte colorType, byte[] palette)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PixelBuffer.Check(values.Length, rows, columns);
        stream.Write(PngChunks.Signature);
        WriteChunk(stream, "IHDR"u8, new PngHeader(rows, columns, BitDepth: 8, colorType, Interlaced: false).ToBytes());
        if (palette.Length > 0)
        {
            WriteChunk(stream, "PLTE"u8, palette);
        }

        WriteChunk(stream, "IDAT"u8, Compress(rows, columns, values));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static byte[] Compress(int rows, int columns, ReadOnlySpan<byte> values)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < rows; row++)
            {
                // Filter 0 (none), as recommended for indexed images (section 12.7).
                zlib.WriteByte(0);
                zlib.Write(values.Slice(row * columns, columns));
            }
        }

        return compressed.ToArray();
    }

    /// <summary>Writes a chunk.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="type">The type, four letters.</param>
    /// <param name="data">The data.</param>
    internal static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Crc32.Compute(chunk.AsSpan(4, data.Length + 4)));
        stream.Write(chunk);
    }
}
