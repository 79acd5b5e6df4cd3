using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Formats.Npy;

/// <summary>Reads and writes arrays in NumPy's .npy format (NumPy Enhancement Proposal 1).</summary>
internal static class NpyFile
{
    private const int HeaderAlignment = 64;

    /// <summary>Reads a label mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The mask [rows, columns]; an axis of length 1 in [1, rows, columns] or [rows, columns, 1] is removed.</returns>
    /// <exception cref="FileFormatException">
    /// <c>NotNpy</c>, <c>NpyInvalid</c>, <c>NpyTruncated</c>, or <c>NpyUnsupported</c>: another rank or element type, or
    /// a value that is not exact in single precision (including NaN and infinities).
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static LabelImage Read(string path) => Decode(ImageFile.Read(path), path);

    /// <summary>Writes a label mask as version 1.0, unsigned 8-bit, in C order.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The values, row by row.</param>
    /// <exception cref="ArgumentException">The number of values is not rows × columns.</exception>
    public static void Write(Stream stream, int rows, int columns, ReadOnlySpan<byte> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PixelBuffer.Check(values.Length, rows, columns);
        WriteHeader(stream, rows, columns);
        stream.Write(values);
    }

    /// <summary>Writes the header of an array as version 1.0, unsigned 8-bit, in C order; the values follow.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="shape">The length of each axis, at least two.</param>
    internal static void WriteHeader(Stream stream, params ReadOnlySpan<int> shape)
    {
        string text = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({string.Join(", ", shape.ToArray().Select(axis => axis.ToString(CultureInfo.InvariantCulture)))}), }}";

        // Like NumPy, pad with spaces and a newline so that the data starts at a multiple of 64 bytes.
        int unpadded = NpyHeader.Magic.Length + 4 + text.Length + 1;
        int padding = (HeaderAlignment - (unpadded % HeaderAlignment)) % HeaderAlignment;
        byte[] header = Encoding.ASCII.GetBytes(text + new string(' ', padding) + '\n');
        Span<byte> prefix = stackalloc byte[10];
        NpyHeader.Magic.CopyTo(prefix);
        prefix[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)header.Length);
        stream.Write(prefix);
        stream.Write(header);
    }

    /// <summary>Reads an array of any rank.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The array, in C order.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>, but values that are not exact are rounded.</exception>
    internal static NpyArray ReadArray(string path) => DecodeArray(ImageFile.Read(path), path);

    /// <summary>Decodes an array of any rank.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The array, in C order.</returns>
    /// <exception cref="FileFormatException">As <see cref="ReadArray"/>.</exception>
    internal static NpyArray DecodeArray(byte[] content, string path)
    {
        NpyHeader header = NpyHeader.Parse(content, path);
        long count = (content.Length - header.DataOffset) / header.ItemSize;
        int[] shape = new int[header.Shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = header.Shape[i] <= Array.MaxLength
                ? (int)header.Shape[i]
                : throw new FileFormatException(ErrorIds.NpyUnsupported, path, "An axis is longer than an array can be.");
        }

        if (header.FortranOrder && shape.Length > 1)
        {
            throw new FileFormatException(
                ErrorIds.NpyUnsupported,
                path,
                "The array is in Fortran order.")
            {
                Advice = "Convert it with np.ascontiguousarray before saving.",
            };
        }

        ReadOnlySpan<byte> data = content.AsSpan(header.DataOffset);
        if (header.Type == 'f')
        {
            float[] floats = new float[count];
            for (int i = 0; i < floats.Length; i++)
            {
                floats[i] = (float)NpyElement.ReadFloat(data, i, header);
            }

            return new NpyArray(shape, floats, null);
        }

        long[] integers = new long[count];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = (long)NpyElement.ReadInteger(data, i, header);
        }

        return new NpyArray(shape, null, integers);
    }

    /// <summary>Decodes a stack of label masks, one for each frame of an image.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="frames">The number of frames, at least 2.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>A mask for each frame.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>, and <c>LabelFrames</c> if the shape is not (frames, rows, columns).</exception>
    internal static LabelImage[] DecodeStack(ReadOnlySpan<byte> content, int frames, string path)
    {
        NpyHeader header = NpyHeader.Parse(content, path);
        if (header.Shape is not [long stacked, long rows, long columns] || stacked != frames)
        {
            throw new FileFormatException(
                ErrorIds.LabelFrames,
                path,
                $"The array has the shape ({string.Join(", ", header.Shape)}); an image with {frames} frames needs one array of the shape ({frames}, rows, columns).");
        }

        ImageFile.CheckSize(rows, columns, ErrorIds.NpyInvalid, path);
        var masks = new LabelImage[frames];
        for (int frame = 0; frame < frames; frame++)
        {
            float[] values = new float[rows * columns];
            NpyElement.ReadLabels(content[header.DataOffset..], header, (int)rows, (int)columns, values, path, frame, frames);
            masks[frame] = new LabelImage((int)rows, (int)columns, values, IsLossy: false);
        }

        return masks;
    }

    /// <summary>Decodes a label mask.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    internal static LabelImage Decode(ReadOnlySpan<byte> content, string path)
    {
        NpyHeader header = NpyHeader.Parse(content, path);
        (long rows, long columns) = header.Shape switch
        {
            [long r, long c] => (r, c),
            [1, long r, long c] => (r, c),
            [long r, long c, 1] => (r, c),
            _ => throw new FileFormatException(
                ErrorIds.NpyUnsupported, path, $"The array has the shape ({string.Join(", ", header.Shape)}); a mask has two axes, (rows, columns).")
            {
                Advice = "Save one slice per file.",
            },
        };
        ImageFile.CheckSize(rows, columns, ErrorIds.NpyInvalid, path);
        float[] values = new float[rows * columns];
        NpyElement.ReadLabels(content[header.DataOffset..], header, (int)rows, (int)columns, values, path);
        return new LabelImage((int)rows, (int)columns, values, IsLossy: false);
    }
}
