using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.Imaging.NativeCodec;
using FellowOakDicom.IO.Writer;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using static System.Buffers.Binary.BinaryPrimitives;
using DicomDataset = MedSeg.Dicom.Parsing.DicomDataset;
using DicomElement = MedSeg.Dicom.Parsing.DicomElement;
using DicomFile = MedSeg.Dicom.Parsing.DicomFile;
using DicomTag = MedSeg.Dicom.Parsing.DicomTag;
using DicomTransferSyntax = MedSeg.Dicom.Parsing.DicomTransferSyntax;
using FoDataset = FellowOakDicom.DicomDataset;
using FoFile = FellowOakDicom.DicomFile;
using FoSyntax = FellowOakDicom.DicomTransferSyntax;

namespace MedSeg.Dicom;

/// <summary>
/// Reads files with fo-dicom, and decodes JPEG-LS and JPEG 2000 pixels with its codecs. The result is written to memory
/// and parsed from there, so that frames, colours and rescaling are handled by the same code whichever library reads.
/// </summary>
internal static class FoDicomFileReader
{
    // As in CompressedFrameDecoder, but for all frames together, because fo-dicom decodes them at once.
    private const int SamplesAlwaysAllowed = 1 << 24;
    private const int MaximumSamplesPerByte = 1024;

    private static readonly NativeTranscoderManager s_codecs = Register();

    /// <summary>Reads a file.</summary>
    /// <param name="source">The whole file.</param>
    /// <returns>Its data set, and the transfer syntax that the file states.</returns>
    /// <exception cref="FileFormatException">The file is not DICOM, is truncated, damaged or uses an unsupported feature.</exception>
    public static DicomFile Read(DicomSource source)
    {
        // The built-in parser goes first: its errors name the damage, and its result is used if fo-dicom cannot open the file.
        DicomFile parsed = DicomFile.Parse(source);
        if (parsed.Syntax.Compression == PixelCompression.Unsupported || Open(parsed) is not { } dataset)
        {
            return parsed;
        }

        FoSyntax syntax = dataset.InternalTransferSyntax;
        bool decode = MustDecode(parsed, syntax);
        try
        {
            using var saved = new MemoryStream();
            new MemoryFile(decode ? new DicomTranscoder(syntax, FoSyntax.ExplicitVRLittleEndian).Transcode(dataset) : dataset).Save(saved, Options());
            return DicomFile.Parse(new DicomSource(source.Path, saved.ToArray())) with { StatedSyntax = parsed.Syntax };
        }
        catch (Exception e) when (e is not (MedSegException or OutOfMemoryException))
        {
            if (!decode)
            {
                return parsed;
            }

            // On damaged pixels, codecs throw exceptions of any type.
            throw source.Error(
                ErrorIds.DicomInvalid,
                $"fo-dicom cannot decode the image ({parsed.Syntax}): {FirstSentence(e)}. Either the file is damaged, or the native library of fo-dicom.Codecs is missing from MedSeg's folder.",
                "Check the file with another program, or build MedSeg with -DicomBackend BuiltIn.",
                cause: e);
        }
    }

    // The rest is advice to programmers, or a stack trace.
    private static string FirstSentence(Exception e) => e.Message.Split('\n')[0].Split(". ")[0].Trim(' ', '.', '\r');

    /// <summary>Decides whether fo-dicom's codecs decode the pixels, or the built-in decoders.</summary>
    private static bool MustDecode(DicomFile file, FoSyntax syntax)
    {
        // The RLE codec pads every frame to an even length, which shifts all frames after one of odd length. The JPEG codec
        // ends the process on a damaged stream.
        if (file.Syntax.Compression is not (PixelCompression.JpegLs or PixelCompression.Jpeg2000)
            || file.Dataset.Find(DicomTag.PixelData) is not { Fragments: { Count: > 0 } fragments } element
            || !s_codecs.HasCodec(syntax))
        {
            return false;
        }

        // The codecs decode all frames at once, and the JPEG-LS codec mistakes compressed YBR bytes for pixels and converts them.
        var pixels = PixelDescription.Read(file.Dataset, PixelFormat.Integer);
        long length = fragments.Sum(f => (long)f.Bytes.Length);
        if (pixels.IsPlanar
            || (file.Syntax.Compression == PixelCompression.JpegLs && pixels.Photometric is Photometric.YbrFull or Photometric.YbrFull422)
            || (Int128)pixels.Count * pixels.Frames > Math.Max(SamplesAlwaysAllowed, length * MaximumSamplesPerByte))
        {
            return false;
        }

        // fo-dicom knows neither the extended offset table nor frames without a table that have several fragments each.
        bool findsFrames = pixels.Frames == 1 || fragments.Count == pixels.Frames
            || (fragments.Count > pixels.Frames && element.OffsetTable.Length == pixels.Frames * (long)sizeof(uint));
        return findsFrames && AllFramesFit(file.Dataset, element, pixels);
    }

    private static bool AllFramesFit(DicomDataset dataset, DicomElement element, PixelDescription pixels)
    {
        int[] starts = EncapsulatedFrames.FindStarts(dataset, element, pixels.Frames);
        return Enumerable.Range(0, pixels.Frames).All(frame => Fits(EncapsulatedFrames.Find(element, starts, frame).Bytes.Span, pixels));
    }

    /// <summary>
    /// Checks whether the header of a codestream matches the data set. The codecs do not check, and return pixels in the
    /// wrong positions, or of another file, if the image is smaller.
    /// </summary>
    private static bool Fits(ReadOnlySpan<byte> stream, PixelDescription pixels)
    {
        // JPEG 2000 starts with its size: ends, origin, tiles, components (ITU-T T.800, A.5.1).
        if (stream.Length > 42 && stream.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51]))
        {
            return ReadUInt32BigEndian(stream[8..]) - ReadUInt32BigEndian(stream[16..]) == pixels.Columns
                && ReadUInt32BigEndian(stream[12..]) - ReadUInt32BigEndian(stream[20..]) == pixels.Rows
                && ReadUInt16BigEndian(stream[40..]) == pixels.Samples
                && (stream[42] & 0x7F) < pixels.BitsAllocated;
        }

        // In JPEG-LS the frame header may follow other segments (ITU-T T.87, C.2.2).
        int i = 2;
        while (i + 9 < stream.Length && stream[i] == 0xFF)
        {
            byte marker = stream[i + 1];
            if (marker == 0xF7)
            {
                return ReadUInt16BigEndian(stream[(i + 5)..]) == pixels.Rows
                    && ReadUInt16BigEndian(stream[(i + 7)..]) == pixels.Columns
                    && stream[i + 9] == pixels.Samples
                    && stream[i + 4] <= pixels.BitsAllocated;
            }

            // Markers may be preceded by any number of FF.
            i += marker == 0xFF ? 1 : 2 + ReadUInt16BigEndian(stream[(i + 2)..]);
        }

        return false;
    }

    /// <summary>Lets fo-dicom read the data set after a new meta header: it refuses files without one, or with a wrong one.</summary>
    /// <returns>The data set, or <see langword="null"/> if fo-dicom cannot read it.</returns>
    private static FoDataset? Open(DicomFile file)
    {
        try
        {
            using var stream = new MemoryStream();
            stream.Write(new byte[DicomFile.PreambleLength]);
            stream.Write("DICM"u8);
            new DicomElementWriter(stream).Text(DicomTag.TransferSyntaxUid, DicomVr.UI, UndeflatedUid(file.Syntax));
            stream.Write(file.Dataset.Encoded.Span);
            stream.Position = 0;
            FoFile opened = FoFile.Open(stream, FellowOakDicom.DicomEncoding.Default, RefuseDepth, FileReadOption.ReadAll);
            return opened.IsPartial ? null : opened.Dataset;
        }
        catch (DicomFileException)
        {
            return null;
        }
    }

    // fo-dicom does not limit its recursion, and a stack overflow ends the process.
    private static bool RefuseDepth(ParseState state) =>
        state.SequenceDepth > DicomDatasetParser.MaximumDepth
            ? throw new InvalidDataException("Sequences are nested too deep.")
            : false;

    // The parser has already inflated the data set.
    private static string UndeflatedUid(DicomTransferSyntax syntax) =>
        (syntax.IsDeflated ? DicomTransferSyntax.ExplicitVrLittleEndian : syntax).Uid;

    // With explicit lengths the parser can skip sequences with any content: icons may have compressed pixels.
    private static DicomWriteOptions Options() => new() { ExplicitLengthSequences = true, ExplicitLengthSequenceItems = true };

    // Transcoders get their codecs from fo-dicom's services, which must be set up before the first file is opened.
    private static NativeTranscoderManager Register()
    {
        new DicomSetupBuilder().RegisterServices(services => services.AddTranscoderManager<NativeTranscoderManager>()).Build();
        return new NativeTranscoderManager();
    }

    /// <summary>A file from a data set; fo-dicom's own constructor needs a SOP Class UID, which a data set may not have.</summary>
    private sealed class MemoryFile : FoFile
    {
        public MemoryFile(FoDataset dataset)
        {
            Dataset = dataset;
            FileMetaInfo.TransferSyntax = dataset.InternalTransferSyntax;
        }
    }
}
