using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using JpegLibrary;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom.Codecs.Jpeg;

/// <summary>Decodes JPEG (ITU-T T.81): DCT of 8 or 12 bits, and lossless up to 16 bits.</summary>
internal static class JpegFrameDecoder
{
    // A block of 64 pixels takes at least one bit of some scan; a lossless pixel takes at least one bit.
    private const int MaximumPixelsPerByte = 512;

    /// <summary>Decodes one frame; the colour of a DCT frame is left as it is, with its colour differences at full size.</summary>
    /// <param name="frame">The JPEG stream.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>The samples, interleaved by pixel.</returns>
    public static int[] Decode(ReadOnlyMemory<byte> frame, PixelDescription pixels, DicomSource source)
    {
        CheckLength(frame, pixels, source);
        try
        {
            JpegDecoder decoder = Identify(frame, pixels, source);
            if (decoder.StartOfFrame == JpegMarker.StartOfFrame3)
            {
                ushort[] words = new ushort[pixels.Count];
                JpegLosslessDecoder.Decode(frame.Span, pixels.Shape, words);
                return Array.ConvertAll(words, word => (int)word);
            }

            var writer = new PixelWriter(pixels, (1 << decoder.Precision) - 1);
            JpegTables.Check(frame.Span);
            decoder.SetOutputWriter(writer);
            decoder.Decode();
            return writer.Samples;
        }
        catch (Exception e) when (e is not (MedSegException or OutOfMemoryException))
        {
            throw Damaged(source, e);
        }
    }

    /// <summary>Decodes one frame if it is lossless.</summary>
    /// <param name="frame">The JPEG stream.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>An array of <see cref="ArrayPool{T}.Shared"/> that begins with the samples, interleaved by pixel; null where it is not lossless.</returns>
    public static ushort[]? RentLosslessWords(ReadOnlyMemory<byte> frame, PixelDescription pixels, DicomSource source)
    {
        CheckLength(frame, pixels, source);
        try
        {
            if (Identify(frame, pixels, source).StartOfFrame != JpegMarker.StartOfFrame3)
            {
                return null;
            }

            ushort[] words = ArrayPool<ushort>.Shared.Rent(pixels.Count);
            JpegLosslessDecoder.Decode(frame.Span, pixels.Shape, words.AsSpan(0, pixels.Count));
            return words;
        }
        catch (Exception e) when (e is not (MedSegException or OutOfMemoryException))
        {
            throw Damaged(source, e);
        }
    }

    private static void CheckLength(ReadOnlyMemory<byte> frame, PixelDescription pixels, DicomSource source)
    {
        if (pixels.BitsAllocated is not (8 or 16))
        {
            throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"JPEG pixels are said to take {pixels.BitsAllocated} bits where 8 or 16 were expected. Export the file again."));
        }

        if ((long)pixels.Rows * pixels.Columns > frame.Length * (long)MaximumPixelsPerByte)
        {
            throw source.Error(DicomErrorId.Truncated, string.Create(CultureInfo.InvariantCulture, $"the JPEG stream has {frame.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns. The file is damaged; copy or export it again."));
        }
    }

    private static JpegDecoder Identify(ReadOnlyMemory<byte> frame, PixelDescription pixels, DicomSource source)
    {
        var decoder = new JpegDecoder();
        decoder.SetInput(frame);
        decoder.Identify();
        Check(decoder, pixels, source);
        return decoder;
    }

    // What the library throws on damaged data is not documented: InvalidDataException is only one of several.
    private static FileFormatException Damaged(DicomSource source, Exception cause) =>
        source.Error(DicomErrorId.Invalid, "the JPEG stream cannot be decoded. The file is damaged; copy or export it again.", cause: cause);

    private static void Check(JpegDecoder decoder, PixelDescription pixels, DicomSource source)
    {
        if (decoder.Height != pixels.Rows || decoder.Width != pixels.Columns || decoder.NumberOfComponents != pixels.Samples || decoder.Precision > pixels.BitsAllocated)
        {
            throw source.Error(
                DicomErrorId.Invalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the JPEG stream has {decoder.Height} rows, {decoder.Width} columns, {decoder.NumberOfComponents} components and {decoder.Precision} bits where the file states {pixels.Rows} rows, {pixels.Columns} columns, {pixels.Samples} components and {pixels.BitsAllocated} bits. Export the file again."));
        }
    }

    /// <summary>Puts blocks of 8 × 8 values in their place.</summary>
    private sealed class PixelWriter(PixelDescription pixels, int greatest) : JpegBlockOutputWriter
    {
        private const int BlockSide = 8;

        public int[] Samples { get; } = new int[pixels.Count];

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            ReadOnlySpan<short> block = MemoryMarshal.CreateReadOnlySpan(ref blockRef, BlockSide * BlockSide);
            int height = Math.Min(BlockSide, pixels.Rows - y);
            int width = Math.Min(BlockSide, pixels.Columns - x);
            for (int row = 0; row < height; row++)
            {
                int target = ((((y + row) * pixels.Columns) + x) * pixels.Samples) + componentIndex;
                for (int column = 0; column < width; column++)
                {
                    // The inverse DCT overshoots the range of values.
                    Samples[target + (column * pixels.Samples)] = Math.Clamp(block[(row * BlockSide) + column], 0, greatest);
                }
            }
        }
    }
}
