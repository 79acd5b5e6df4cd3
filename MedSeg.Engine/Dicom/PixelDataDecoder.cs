using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom;

/// <summary>Gives the stored pixel values of an image, whatever its transfer syntax.</summary>
internal static class PixelDataDecoder
{
    /// <summary>Finds the pixel data of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <returns>The element (7FE0,0010).</returns>
    public static DicomElement FindPixels(DicomDataset dataset) => dataset.Find(DicomTag.PixelData) ?? throw NoPixels(dataset);

    /// <summary>Decodes the pixel data.</summary>
    /// <param name="element">The pixel data.</param>
    /// <param name="file">The file.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <returns>
    /// The stored values, row by row, without the bits outside of Bits Stored, and sign-extended where they are signed.
    /// An unsigned value of 32 bits is the value's bit pattern.
    /// </returns>
    public static int[] Decode(DicomElement element, DicomFile file, PixelDescription pixels)
    {
        DicomSource source = file.Dataset.Source;
        if (file.Syntax.Compression == PixelCompression.Unsupported)
        {
            throw source.Error(
                DicomErrorId.Unsupported,
                $"the pixels are compressed as {file.Syntax}, which MedSeg does not read. Convert the file to Explicit VR Little Endian, for example with gdcmconv --raw, or with dcmtk's {DcmtkTool(file.Syntax)}.");
        }

        if (element.Fragments is not { } fragments)
        {
            return file.Syntax.Compression == PixelCompression.None
                ? DecodeNative(element, file, pixels)
                : throw source.Error(DicomErrorId.Invalid, $"the pixels should be compressed as {file.Syntax} but are not. The file states the wrong transfer syntax; export it again.", element.Offset);
        }

        if (file.Syntax.Compression == PixelCompression.None)
        {
            throw source.Error(DicomErrorId.Invalid, $"the pixels are compressed although the transfer syntax is {file.Syntax} or was left out. Export the file again, with its file meta information.", element.Offset);
        }

        ReadOnlyMemory<byte> frame = Join(fragments);
        if (frame.IsEmpty)
        {
            throw NoPixels(file.Dataset);
        }

        byte[] bytes = file.Syntax.Compression == PixelCompression.Rle
            ? RleDecoder.Decode(frame.Span, pixels, source)
            : JpegFrameDecoder.Decode(frame, pixels, source);
        return Unpack(bytes, pixels, bigEndian: false);
    }

    private static string DcmtkTool(DicomTransferSyntax syntax) =>
        syntax.Name.StartsWith("JPEG-LS", StringComparison.Ordinal) ? "dcmdjpls" : "dcmdjpeg";

    private static FileFormatException NoPixels(DicomDataset dataset) =>
        dataset.Contains(DicomTag.FloatPixelData) || dataset.Contains(DicomTag.DoubleFloatPixelData)
            ? dataset.Source.Error(DicomErrorId.Unsupported, "the pixels are floating-point numbers (a parametric map); MedSeg reads whole numbers. Export the image with 16-bit pixels.")
            : dataset.Source.Error(DicomErrorId.NoPixels, "the file is DICOM but holds no pixels (a report, a presentation state or an index?). Remove it from the folder or export the image itself.");

    private static ReadOnlyMemory<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> fragments)
    {
        if (fragments.Count == 1)
        {
            return fragments[0];
        }

        long length = 0;
        foreach (ReadOnlyMemory<byte> fragment in fragments)
        {
            length += fragment.Length;
        }

        // The fragments lie in the file one after the other, so together they are shorter than it.
        byte[] joined = new byte[length];
        int position = 0;
        foreach (ReadOnlyMemory<byte> fragment in fragments)
        {
            fragment.CopyTo(joined.AsMemory(position));
            position += fragment.Length;
        }

        return joined;
    }

    private static int[] DecodeNative(DicomElement element, DicomFile file, PixelDescription pixels)
    {
        ReadOnlySpan<byte> bytes = element.Value.Span;
        if (bytes.IsEmpty)
        {
            throw NoPixels(file.Dataset);
        }

        if (bytes.Length < pixels.ByteLength)
        {
            throw file.Dataset.Source.Error(
                DicomErrorId.Truncated,
                string.Create(CultureInfo.InvariantCulture, $"there are {bytes.Length} bytes of pixels where {pixels.Rows} rows and {pixels.Columns} columns of {pixels.BitsAllocated} bits need {pixels.ByteLength}. The file is damaged or its copy was cut short; copy or export it again."),
                element.Offset);
        }

        bool bigEndian = file.Syntax.Encoding.BigEndian;
        if (bigEndian && pixels.BitsAllocated <= 8 && element.Vr == DicomVr.OW)
        {
            // Bytes in words of big-endian order come in swapped pairs (PS3.5, 8.2 and D.1).
            bytes = SwapPairs(bytes);
        }

        return Unpack(bytes, pixels, bigEndian);
    }

    private static byte[] SwapPairs(ReadOnlySpan<byte> bytes)
    {
        byte[] swapped = bytes.ToArray();
        for (int i = 0; i + 1 < swapped.Length; i += 2)
        {
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
        }

        return swapped;
    }

    private static int[] Unpack(ReadOnlySpan<byte> bytes, PixelDescription pixels, bool bigEndian)
    {
        int[] values = new int[pixels.Count];
        switch (pixels.BitsAllocated)
        {
            case 1:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (bytes[i >> 3] >> (i & 7)) & 1;
                }

                return values;
            case 8:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = bytes[i];
                }

                break;
            case 16:
                for (int i = 0; i < values.Length; i++)
                {
                    ReadOnlySpan<byte> pixel = bytes.Slice(2 * i, 2);
                    values[i] = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(pixel) : BinaryPrimitives.ReadUInt16LittleEndian(pixel);
                }

                break;
            default:
                for (int i = 0; i < values.Length; i++)
                {
                    ReadOnlySpan<byte> pixel = bytes.Slice(4 * i, 4);
                    values[i] = bigEndian ? BinaryPrimitives.ReadInt32BigEndian(pixel) : BinaryPrimitives.ReadInt32LittleEndian(pixel);
                }

                break;
        }

        KeepStoredBits(values, pixels);
        return values;
    }

    /// <summary>Drops the bits above High Bit and below the stored ones, and extends the sign (DICOM PS3.5, 8.1.1).</summary>
    private static void KeepStoredBits(int[] values, PixelDescription pixels)
    {
        int left = 31 - pixels.HighBit;
        int right = 32 - pixels.BitsStored;
        if (pixels.IsSigned)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = values[i] << left >> right;
            }
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = values[i] << left >>> right;
            }
        }
    }
}
