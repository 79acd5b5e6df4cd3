using System.Buffers.Binary;
using System.IO.Compression;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Pictures of 8 bits for red, green and blue.</summary>
internal static class RgbFile
{
    /// <summary>Makes a PNG file (PNG, third edition, 11.2.1).</summary>
    public static byte[] Png(int rows, int columns, byte[] rgb)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, columns);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows);
        (header[8], header[9]) = (8, 2);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int row = 0; row < rows; row++)
            {
                zlib.WriteByte(0);
                zlib.Write(rgb, row * 3 * columns, 3 * columns);
            }
        }

        return [.. (byte[])[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, [])];
    }

    /// <summary>Makes a TIFF file of one uncompressed strip (TIFF 6.0, section 6).</summary>
    public static byte[] Tiff(int rows, int columns, byte[] rgb)
    {
        (int Tag, int Type, int Count, int Value)[] entries =
        [
            (256, 3, 1, columns), (257, 3, 1, rows), (258, 3, 3, 8 + rgb.Length), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, rows), (279, 4, 1, rgb.Length),
        ];
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(8 + rgb.Length + 6);
        writer.Write(rgb);
        foreach (short bits in (short[])[8, 8, 8])
        {
            writer.Write(bits);
        }

        writer.Write((short)entries.Length);
        foreach ((int tag, int type, int count, int value) in entries)
        {
            writer.Write((short)tag);
            writer.Write((short)type);
            writer.Write(count);
            writer.Write(value);
        }

        writer.Write(0);
        return file.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    // The CRC of PNG, annex D.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
