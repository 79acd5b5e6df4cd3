using System.Buffers.Binary;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Formats.Tiff;

/// <summary>Unpacks the samples of a page's rows.</summary>
/// <param name="page">The layout of the samples.</param>
/// <param name="isBigEndian">Whether numbers are big-endian.</param>
/// <param name="path">The path, for messages.</param>
internal sealed class TiffSamples(TiffPage page, bool isBigEndian, string path)
{
    /// <summary>Unpacks the first sample of each pixel.</summary>
    /// <param name="row">The bytes, starting with the first pixel.</param>
    /// <param name="first">The index of that pixel in the page, for messages.</param>
    /// <param name="count">The number of pixels.</param>
    /// <param name="values">Receives the values.</param>
    /// <exception cref="FileFormatException"><c>TiffUnsupported</c>: a value is not exact.</exception>
    public void Read(ReadOnlySpan<byte> row, int first, int count, Span<float> values)
    {
        for (int i = 0; i < count; i++)
        {
            values[i] = LabelNumber.Exact(ReadSample(row, i * page.Interleaved), ErrorIds.TiffUnsupported, path, first + i, page.Columns);
        }
    }

    /// <summary>Unpacks an unsigned sample of 8 or 16 bits.</summary>
    /// <param name="row">The bytes.</param>
    /// <param name="index">The index of the sample.</param>
    /// <returns>The value.</returns>
    public int ReadColor(ReadOnlySpan<byte> row, int index) => page.Bits == 8 ? row[index] : ReadUInt16(row[(2 * index)..]);

    private double ReadSample(ReadOnlySpan<byte> row, int index) => (page.Format, page.Bits) switch
    {
        (3, 16) => (double)BitConverter.UInt16BitsToHalf(ReadUInt16(row[(2 * index)..])),
        (3, 32) => BitConverter.UInt32BitsToSingle(ReadUInt32(row[(4 * index)..])),
        (3, _) => isBigEndian ? BinaryPrimitives.ReadDoubleBigEndian(row[(8 * index)..]) : BinaryPrimitives.ReadDoubleLittleEndian(row[(8 * index)..]),
        (2, 32) => (int)ReadUInt32(row[(4 * index)..]),
        (_, 32) => ReadUInt32(row[(4 * index)..]),
        (2, int bits) => ReadBits(row, index) << (32 - bits) >> (32 - bits),
        _ => ReadBits(row, index),
    };

    private int ReadBits(ReadOnlySpan<byte> row, int index)
    {
        if (page.Bits == 8)
        {
            return row[index];
        }

        if (page.Bits == 16)
        {
            return ReadUInt16(row[(2 * index)..]);
        }

        // Other sizes are packed, most significant bit first.
        int value = 0;
        long bit = (long)index * page.Bits;
        for (int i = 0; i < page.Bits; i++, bit++)
        {
            value = (value << 1) | ((row[(int)(bit >> 3)] >> (7 - (int)(bit & 7))) & 1);
        }

        return value;
    }

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
