using System.Buffers;
using System.Globalization;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg;
using MedSeg.Dicom.Codecs.Jpeg2000;
using MedSeg.Dicom.Codecs.JpegLs;
using MedSeg.Dicom.Codecs.Rle;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>Decodes a compressed frame, whatever its compression.</summary>
internal static class CompressedFrameDecoder
{
    // A frame of one grey takes a few bytes in JPEG-LS and JPEG 2000, so that a bound by the number of bytes alone would
    // refuse real images; 16 million samples are a large radiograph.
    private const int SamplesAlwaysAllowed = 1 << 24;
    private const int MaximumSamplesPerByte = 1024;

    /// <summary>Decodes one frame of 8 or 16 bits and one sample where its compression gives such numbers as they are.</summary>
    /// <param name="bytes">The frame, all its fragments joined.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>
    /// An array of <see cref="ArrayPool{T}.Shared"/> that begins with the samples as the frame has them; null where it is
    /// neither RLE nor lossless JPEG.
    /// </returns>
    /// <exception cref="FileFormatException">The frame is damaged or of another form than the data set states.</exception>
    public static ushort[]? RentWords(ReadOnlyMemory<byte> bytes, PixelCompression compression, PixelDescription pixels, DicomSource source) => compression switch
    {
        PixelCompression.Rle => RleDecoder.RentWords(bytes.Span, pixels, source),
        PixelCompression.Jpeg => JpegFrameDecoder.RentLosslessWords(bytes, pixels, source),
        _ => null,
    };

    /// <summary>Decodes one frame.</summary>
    /// <param name="bytes">The frame, all its fragments joined.</param>
    /// <param name="offset">The offset of its first byte in the source, for messages.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>The samples as the frame has them, interleaved by pixel.</returns>
    /// <exception cref="FileFormatException">The frame is damaged or of another form than the data set states.</exception>
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
            throw source.Error(DicomErrorId.Truncated, string.Create(CultureInfo.InvariantCulture, $"the {name} frame has {bytes.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns. The file is damaged; copy or export it again."));
        }

        try
        {
            DecodedFrame frame = compression == PixelCompression.JpegLs
                ? JpegLsDecoder.Decode(bytes.Span, pixels.Shape)
                : Jpeg2000Decoder.Decode(bytes.Span, pixels.Shape);
            return frame.Precision <= pixels.BitsAllocated
                ? frame.Samples
                : throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"the {name} frame has samples of {frame.Precision} bits where the file states {pixels.BitsAllocated}. Export the file again."), offset);
        }
        catch (CodestreamException e)
        {
            throw source.Error(DicomErrorId.Invalid, $"the {name} frame cannot be decoded: {e.Message.TrimEnd('.')}. If the file is damaged, copy or export it again.", offset + (long)e.Offset, e);
        }
    }
}
