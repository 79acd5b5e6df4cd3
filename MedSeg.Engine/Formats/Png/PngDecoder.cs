using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Formats.Png;

/// <summary>
/// Reads label masks from PNG files (W3C Portable Network Graphics, third edition) with their exact values: the index
/// of indexed images, and grey values at their own bit depth, neither scaled nor corrected for gamma.
/// </summary>
internal static class PngDecoder
{
    // The maximum expansion of deflate, 258 bytes for two bits (RFC 1951), and some room for the smallest streams.
    private const long GreatestExpansion = 1032;
    private const long ExpansionRoom = 4096;

    /// <summary>Reads a label mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The mask. Alpha is ignored; RGB is accepted if its three channels are equal in every pixel.</returns>
    /// <exception cref="FileFormatException">
    /// <c>NotPng</c>, <c>PngInvalid</c>, <c>PngTruncated</c>, or <c>LabelColor</c> if channels differ.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static LabelImage Read(string path) => Decode(ImageFile.Read(path), path);

    /// <summary>Decodes a label mask.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Maps the colours of an RGB image to ROIs, if it has any.</param>
    /// <param name="component">The component of an RGB image to read in place of ROIs, 0 to 2; <see langword="null"/> for a mask.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>; <c>LabelColorUnknown</c> if a colour is not mapped.</exception>
    internal static LabelImage Decode(ReadOnlySpan<byte> content, string path, LabelMapping? map = null, int? component = null)
    {
        PngChunks chunks = PngChunks.Parse(content, path);
        PngHeader header = chunks.Header;
        CheckExpansion(header, chunks.Data.Length, path);
        float[] values = GC.AllocateUninitializedArray<float>(header.Rows * header.Columns);
        ColorReading? colors = header.Channels >= 3 ? ColorReading.Of(map, component) : null;
        using var stream = new ZLibStream(new MemoryStream(chunks.Data, writable: false), CompressionMode.Decompress);
        try
        {
            foreach (PngPass pass in PngPass.Of(header.Interlaced))
            {
                ReadPass(stream, header, pass, values, colors, path);
            }

            if (stream.ReadByte() >= 0)
            {
                throw new FileFormatException(ErrorIds.PngInvalid, path, "There is more compressed data than the image needs.");
            }
        }
        catch (EndOfStreamException e)
        {
            throw new FileFormatException(ErrorIds.PngTruncated, path, "The compressed data ends before the last row.", null, e) { Advice = ImageFile.DamagedAdvice };
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new FileFormatException(ErrorIds.PngInvalid, path, "The compressed data is damaged.", null, e) { Advice = ImageFile.DamagedAdvice };
        }

        colors?.ThrowIfUnknown(path);
        return new LabelImage(header.Rows, header.Columns, values, IsLossy: false) { IsMapped = colors is not null };
    }

    // Refuses sizes that the compressed data cannot hold, before memory is allocated.
    private static void CheckExpansion(PngHeader header, long compressed, string path)
    {
        long needed = 0;
        foreach (PngPass pass in PngPass.Of(header.Interlaced))
        {
            int columns = pass.Columns(header.Columns);
            needed += columns == 0 ? 0 : (long)pass.Rows(header.Rows) * (1 + header.RowBytes(columns));
        }

        if (needed > (compressed * GreatestExpansion) + ExpansionRoom)
        {
            throw new FileFormatException(
                ErrorIds.PngTruncated, path, $"The header states {header.Rows} rows and {header.Columns} columns, more than {compressed:N0} bytes of compressed data can hold.")
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }
    }

    private static void ReadPass(Stream stream, PngHeader header, PngPass pass, float[] values, ColorReading? colors, string path)
    {
        int columns = pass.Columns(header.Columns);
        int rows = columns == 0 ? 0 : pass.Rows(header.Rows);
        byte[] current = new byte[1 + header.RowBytes(columns)];
        byte[] above = new byte[current.Length];
        for (int i = 0; i < rows; i++)
        {
            stream.ReadExactly(current);
            if (!PngFilter.TryUndo(current[0], current.AsSpan(1), above.AsSpan(1), header.FilterDistance))
            {
                throw new FileFormatException(ErrorIds.PngInvalid, path, $"A row has the filter {current[0]}, which PNG does not define.");
            }

            int row = pass.Row + (i * pass.RowStep);
            Span<float> target = values.AsSpan(row * header.Columns, header.Columns);
            if (colors is null)
            {
                UnpackRow(current.AsSpan(1), header, pass, row, target, path);
            }
            else
            {
                UnpackColors(current.AsSpan(1), header, pass, target, colors);
            }

            (current, above) = (above, current);
        }
    }

    private static void UnpackRow(ReadOnlySpan<byte> row, PngHeader header, PngPass pass, int rowNumber, Span<float> values, string path)
    {
        int channels = header.Channels;
        if (channels == 1 && header.BitDepth == 8 && pass.ColumnStep == 1)
        {
            Widen(row[..header.Columns], values);
            return;
        }

        int sample = 0;
        for (int column = pass.Column; column < header.Columns; column += pass.ColumnStep, sample += channels)
        {
            int value = Sample(row, sample, header.BitDepth);
            if (channels >= 3)
            {
                int green = Sample(row, sample + 1, header.BitDepth);
                int blue = Sample(row, sample + 2, header.BitDepth);
                if (green != value || blue != value)
                {
                    throw LabelColor.Error(path, rowNumber, column, value, green, blue);
                }
            }

            values[column] = value;
        }
    }

    private static void Widen(ReadOnlySpan<byte> row, Span<float> values)
    {
        ReadOnlySpan<Vector<byte>> bytes = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        Span<Vector<float>> into = MemoryMarshal.Cast<float, Vector<float>>(values[..row.Length]);
        for (int i = 0; i < bytes.Length; i++)
        {
            Vector.Widen(bytes[i], out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            into[4 * i] = Vector.ConvertToSingle(Vector.AsVectorInt32(first));
            into[(4 * i) + 1] = Vector.ConvertToSingle(Vector.AsVectorInt32(second));
            into[(4 * i) + 2] = Vector.ConvertToSingle(Vector.AsVectorInt32(third));
            into[(4 * i) + 3] = Vector.ConvertToSingle(Vector.AsVectorInt32(fourth));
        }

        for (int i = bytes.Length * Vector<byte>.Count; i < row.Length; i++)
        {
            values[i] = row[i];
        }
    }

    private static void UnpackColors(ReadOnlySpan<byte> row, PngHeader header, PngPass pass, Span<float> values, ColorReading colors)
    {
        int channels = header.Channels;
        int depth = header.BitDepth;
        int sample = 0;
        for (int column = pass.Column; column < header.Columns; column += pass.ColumnStep, sample += channels)
        {
            int alpha = channels == 4 ? Sample(row, sample + 3, depth) : 1;
            values[column] = colors.ValueOf(Sample(row, sample, depth), Sample(row, sample + 1, depth), Sample(row, sample + 2, depth), alpha, isWide: depth == 16);
        }
    }

    // Samples of fewer than eight bits are packed, leftmost first in the high bits (section 7.2).
    private static int Sample(ReadOnlySpan<byte> row, int index, int depth)
    {
        if (depth == 8)
        {
            return row[index];
        }

        if (depth == 16)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
        }

        int bit = index * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
}
