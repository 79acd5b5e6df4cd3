using System.Buffers;
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

    /// <summary>Decodes one frame; the colours of a DCT frame are not converted, but its chrominance is upsampled.</summary>
    /// <param name="frame">The JPEG stream.</param>
    /// <param name="pixels">The layout of the pixels.</param>
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
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>
    /// An array of <see cref="ArrayPool{T}.Shared"/> that starts with the samples, interleaved by pixel; <see langword="null"/> if the
    /// frame is not lossless.
    /// </returns>
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
            throw source.Error(
                ErrorIds.DicomInvalid,
                $"Bits Allocated of the JPEG image is {pixels.BitsAllocated}; it must be 8 or 16.",
                DicomAdvice.ExportAgain);
        }

        if ((long)pixels.Rows * pixels.Columns > frame.Length * (long)MaximumPixelsPerByte)
        {
            throw source.Error(
                ErrorIds.DicomTruncated,
                $"The JPEG frame has {frame.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns: the file is damaged.",
                DicomAdvice.Damaged);
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

    // The library does not document its exceptions on damaged data: InvalidDataException is only one of several.
    private static FileFormatException Damaged(DicomSource source, Exception cause) =>
        source.Error(ErrorIds.DicomInvalid, "The JPEG frame cannot be decoded: the file is damaged.", DicomAdvice.Damaged, cause: cause);

    private static void Check(JpegDecoder decoder, PixelDescription pixels, DicomSource source)
    {
        if (decoder.Height != pixels.Rows || decoder.Width != pixels.Columns || decoder.NumberOfComponents != pixels.Samples || decoder.Precision > pixels.BitsAllocated)
        {
            throw source.Error(
                ErrorIds.DicomInvalid,
                $"The JPEG frame has {decoder.Height} rows, {decoder.Width} columns, {decoder.NumberOfComponents} components and {decoder.Precision} bits, but the file states {pixels.Rows} rows, {pixels.Columns} columns, {pixels.Samples} components and {pixels.BitsAllocated} bits.",
                DicomAdvice.ExportAgain);
        }
    }

    /// <summary>Writes blocks of 8 × 8 values to the frame.</summary>
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
                    // The inverse DCT can exceed the range of values.
                    Samples[target + (column * pixels.Samples)] = Math.Clamp(block[(row * BlockSide) + column], 0, greatest);
                }
            }
        }
    }
}
