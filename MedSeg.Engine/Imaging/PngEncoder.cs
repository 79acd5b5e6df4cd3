using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MedSeg.Imaging;

/// <summary>Writes 8-bit grey PNG files whose values are ROI numbers (PNG, third edition).</summary>
public static class PngEncoder
{
    /// <summary>Writes values as they are.</summary>
    /// <param name="stream">A stream to write to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The values, row by row.</param>
    public static void WriteGrey8(Stream stream, int rows, int columns, ReadOnlySpan<byte> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, columns);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], rows);
        header[8] = 8;

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < rows; row++)
            {
                zlib.WriteByte(0);
                zlib.Write(values.Slice(row * columns, columns));
            }
        }

        stream.Write(PngDecoder.Signature);
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, compressed.ToArray());
        WriteChunk(stream, "IEND"u8, []);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        stream.Write(number);
    }
}
