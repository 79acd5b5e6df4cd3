using System.Buffers.Binary;
using System.Globalization;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Formats.Npy;

/// <summary>Decodes the elements of a .npy array.</summary>
internal static class NpyElement
{
    /// <summary>Decodes a mask and refuses values that are not exact in single precision.</summary>
    /// <param name="data">The elements as stored.</param>
    /// <param name="header">The array's header.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">Receives the values, row by row.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="frame">The index of the mask in a stack (frames, rows, columns).</param>
    /// <param name="frames">The number of masks of the stack.</param>
    /// <exception cref="FileFormatException"><c>NpyUnsupported</c>, with the position of the first such pixel.</exception>
    public static void ReadLabels(
        ReadOnlySpan<byte> data, NpyHeader header, int rows, int columns, Span<float> values, string path, int frame = 0, int frames = 1)
    {
        int target = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++, target++)
            {
                int source = header.FortranOrder ? (((column * rows) + row) * frames) + frame : (frame * rows * columns) + target;
                values[target] = header.Type == 'f'
                    ? Exact(ReadFloat(data, source, header), row, column, path)
                    : Exact(ReadInteger(data, source, header), row, column, path);
            }
        }
    }

    /// <summary>Reads an element of a boolean or integer array.</summary>
    /// <param name="data">The elements as stored.</param>
    /// <param name="index">The element's index in the file.</param>
    /// <param name="header">The array's header.</param>
    /// <returns>The value; 0 or 1 of a boolean.</returns>
    public static Int128 ReadInteger(ReadOnlySpan<byte> data, int index, NpyHeader header)
    {
        ReadOnlySpan<byte> element = data.Slice(index * header.ItemSize, header.ItemSize);
        if (header.Type == 'b')
        {
            return element[0] != 0 ? 1 : 0;
        }

        bool big = header.BigEndian;
        ulong bits = header.ItemSize switch
        {
            1 => element[0],
            2 => big ? BinaryPrimitives.ReadUInt16BigEndian(element) : BinaryPrimitives.ReadUInt16LittleEndian(element),
            4 => big ? BinaryPrimitives.ReadUInt32BigEndian(element) : BinaryPrimitives.ReadUInt32LittleEndian(element),
            _ => big ? BinaryPrimitives.ReadUInt64BigEndian(element) : BinaryPrimitives.ReadUInt64LittleEndian(element),
        };
        if (header.Type == 'u')
        {
            return bits;
        }

        int unused = 64 - (8 * header.ItemSize);
        return (long)(bits << unused) >> unused;
    }

    /// <summary>Reads an element of a floating-point array.</summary>
    /// <param name="data">The elements as stored.</param>
    /// <param name="index">The element's index in the file.</param>
    /// <param name="header">The array's header.</param>
    /// <returns>The value.</returns>
    public static double ReadFloat(ReadOnlySpan<byte> data, int index, NpyHeader header)
    {
        ReadOnlySpan<byte> element = data.Slice(index * header.ItemSize, header.ItemSize);
        bool big = header.BigEndian;
        return header.ItemSize switch
        {
            2 => (double)(big ? BinaryPrimitives.ReadHalfBigEndian(element) : BinaryPrimitives.ReadHalfLittleEndian(element)),
            4 => big ? BinaryPrimitives.ReadSingleBigEndian(element) : BinaryPrimitives.ReadSingleLittleEndian(element),
            _ => big ? BinaryPrimitives.ReadDoubleBigEndian(element) : BinaryPrimitives.ReadDoubleLittleEndian(element),
        };
    }

    private static float Exact(double value, int row, int column, string path) =>
        LabelNumber.IsExact(value) ? (float)value : throw NotExact(value.ToString("R", CultureInfo.InvariantCulture), row, column, path);

    private static float Exact(Int128 value, int row, int column, string path)
    {
        float single = (float)value;
        return (Int128)single == value ? single : throw NotExact(value.ToString(CultureInfo.InvariantCulture), row, column, path);
    }

    private static FileFormatException NotExact(string value, int row, int column, string path) =>
        new(ErrorIds.NpyUnsupported, path, $"Row {row}, column {column} (counted from 0) is {value}; labels are whole numbers from 0.")
        {
            Advice = NpyHeader.SaveAdvice,
        };
}
