using System.Buffers;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg;
using MedSeg.Dicom.Codecs.Jpeg2000;
using MedSeg.Dicom.Codecs.JpegLs;
using MedSeg.Dicom.Codecs.Rle;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>Decodes a compressed frame with the codec of its transfer syntax.</summary>
internal static class CompressedFrameDecoder
{
    // A uniform frame takes a few bytes in JPEG-LS and JPEG 2000, so a limit by the number of bytes alone would refuse
    // real images; 16 million samples are a large radiograph.
    private const int SamplesAlwaysAllowed = 1 << 24;
    private const int MaximumSamplesPerByte = 1024;

    /// <summary>Decodes one grey frame of 8 or 16 bits to pooled memory, if its codec supports that.</summary>
    /// <param name="bytes">The compressed frame, with its fragments joined.</param>
    /// <param name="compression">The compression.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>
    /// An array of <see cref="ArrayPool{T}.Shared"/> that starts with the stored samples; <see langword="null"/> if the
    /// frame is neither RLE nor lossless JPEG.
    /// </returns>
    /// <exception cref="FileFormatException">The frame is damaged or does not match the data set.</exception>
    public static ushort[]? RentWords(ReadOnlyMemory<byte> bytes, PixelCompression compression, PixelDescription pixels, DicomSource source) =>
        compression switch
        {
            PixelCompression.Rle => RleDecoder.RentWords(bytes.Span, pixels, source),
            PixelCompression.Jpeg => JpegFrameDecoder.RentLosslessWords(bytes, pixels, source),
            _ => null,
        };

    /// <summary>Decodes one frame.</summary>
    /// <param name="bytes">The compressed frame, with its fragments joined.</param>
    /// <param name="offset">The offset of its first byte in the source, for messages.</param>
    /// <param name="compression">The compression.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>The stored samples, interleaved by pixel.</returns>
    /// <exception cref="FileFormatException">The frame is damaged or does not match the data set.</exception>
    public static int[] Decode(ReadOnlyMemory<byte> bytes, int offset, PixelCompression compression, PixelDescription pixels, DicomSource source)
    {
        switch (compression)
        {
            case PixelCompression.Rle:
                return RleDecoder.Decode(bytes.Span, pixels, source);
            case PixelCompression.Jpeg:
                return JpegFrameDecoder.Decode(bytes, pixels, source);
        }

        string name = compression == PixelCompression.JpegLs ? "JPEG-LS" : "JPEG 2000";
        if (pixels.Count > Math.Max(SamplesAlwaysAllowed, bytes.Length * (long)MaximumSamplesPerByte))
        {
            throw source.Error(
                ErrorIds.DicomTruncated,
                $"The {name} frame has {bytes.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns: the file is damaged.",
                DicomAdvice.Damaged);
        }

        try
        {
            DecodedFrame frame = compression == PixelCompression.JpegLs
                ? JpegLsDecoder.Decode(bytes.Span, pixels.Shape)
                : Jpeg2000Decoder.Decode(bytes.Span, pixels.Shape);
            return frame.Precision <= pixels.BitsAllocated
                ? frame.Samples
                : throw source.Error(
                    ErrorIds.DicomInvalid,
                    $"The {name} frame has samples of {frame.Precision} bits, but the file states {pixels.BitsAllocated}.",
                    DicomAdvice.ExportAgain,
                    offset);
        }
        catch (CodestreamException e)
        {
            throw source.Error(
                ErrorIds.DicomInvalid,
                $"The {name} frame cannot be decoded: {e.Message.TrimEnd('.')}.",
                "If the file is damaged, copy it again or export it again.",
                offset + (long)e.Offset,
                e);
        }
    }
}
