using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom.Parsing;

/// <summary>A DICOM file: its transfer syntax and its data set (DICOM PS3.10, section 7).</summary>
/// <param name="Syntax">The transfer syntax in the file or, without a meta header, guessed from its first bytes.</param>
/// <param name="Dataset">The elements at the top level, up to the pixel data.</param>
internal sealed record DicomFile(DicomTransferSyntax Syntax, DicomDataset Dataset)
{
    /// <summary>The length of the preamble before the prefix DICM, in bytes.</summary>
    public const int PreambleLength = 128;

    /// <summary>The number of bytes that <see cref="LooksLikeDicom"/> needs from the start of a file.</summary>
    public const int SignatureLength = PreambleLength + 4;

    /// <summary>Gets the transfer syntax of the file itself, if another library decoded it before it was parsed.</summary>
    public DicomTransferSyntax StatedSyntax { get; init; } = Syntax;

    /// <summary>Gets the pixels, if they stay in their file; <see langword="null"/> if they are in the data set.</summary>
    public PixelFile? PixelFile { get; init; }

    private static ReadOnlySpan<byte> Prefix => "DICM"u8;

    /// <summary>Checks from the first bytes whether a file may be DICOM.</summary>
    /// <param name="head">The first bytes; at least <see cref="SignatureLength"/> of them if the file is that long.</param>
    /// <param name="length">The length of the file.</param>
    /// <returns><see langword="true"/> if there is a preamble with its prefix, or a plausible first element.</returns>
    public static bool LooksLikeDicom(ReadOnlySpan<byte> head, long length) =>
        HasPrefix(head) || GuessEncoding(head, length) is not null;

    /// <summary>Parses a file.</summary>
    /// <param name="source">The whole file.</param>
    /// <returns>Its transfer syntax and data set.</returns>
    /// <exception cref="FileFormatException">The file is not DICOM, is truncated or damaged.</exception>
    public static DicomFile Parse(DicomSource source) => Parse(source, DicomDatasetParser.Parse);

    /// <summary>Parses the header of a file: the elements before the pixel data.</summary>
    /// <param name="source">The start of the file, up to the pixel data or further; the whole file if its data set is deflated.</param>
    /// <returns>Its transfer syntax and data set, with an empty element for the pixel data.</returns>
    /// <exception cref="FileFormatException">As <see cref="Parse(DicomSource)"/>; also if the source ends before the pixel data.</exception>
    public static DicomFile ParseHeader(DicomSource source) => Parse(source, DicomDatasetParser.ParseHeader);

    private static DicomFile Parse(DicomSource source, Func<DicomSource, int, DicomEncoding, DicomDataset> parse)
    {
        int start = HasPrefix(source.Bytes.Span) ? SignatureLength : 0;
        ReadOnlySpan<byte> head = source.Bytes.Span[start..];
        if (StartsWithGroup(head, 0x0002, bigEndian: false))
        {
            return ParseWithMeta(source, start, parse);
        }

        DicomEncoding encoding = GuessEncoding(head, head.Length) ?? throw NotDicom(source, start);
        return new DicomFile(UncompressedSyntax(encoding), parse(source, start, encoding));
    }

    private static DicomTransferSyntax UncompressedSyntax(DicomEncoding encoding) => encoding switch
    {
        { BigEndian: true } => DicomTransferSyntax.ExplicitVrBigEndian,
        { ExplicitVr: true } => DicomTransferSyntax.ExplicitVrLittleEndian,
        _ => DicomTransferSyntax.ImplicitVrLittleEndian,
    };

    private static FileFormatException NotDicom(DicomSource source, int start)
    {
        if (source.Length == 0)
        {
            return source.Error(ErrorIds.NotDicom, "The file is empty or not a regular file, but should be a DICOM image.", DicomAdvice.Damaged);
        }

        return start == 0
            ? source.Error(
                ErrorIds.NotDicom,
                "This is not a DICOM file: there is no DICM at byte 128, and the first bytes are not a DICOM element.",
                "Remove the file from the folder, or export the image as DICOM.")
            : source.Error(ErrorIds.NotDicom, "The DICM prefix is not followed by a DICOM element: the file is damaged.", DicomAdvice.Damaged, start);
    }

    private static bool HasPrefix(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= SignatureLength && bytes.Slice(PreambleLength, Prefix.Length).SequenceEqual(Prefix);

    private static bool StartsWithGroup(ReadOnlySpan<byte> bytes, ushort group, bool bigEndian) =>
        bytes.Length >= 2 && (bigEndian ? (bytes[0] << 8) | bytes[1] : (bytes[1] << 8) | bytes[0]) == group;

    /// <summary>Guesses the encoding from an element of group 0002 or 0008 at the start.</summary>
    private static DicomEncoding? GuessEncoding(ReadOnlySpan<byte> head, long length)
    {
        if (head.Length < 8)
        {
            return null;
        }

        bool hasVr = DicomVrEncoding.IsPairOfLetters(head[4], head[5]);
        if (StartsWithGroup(head, 0x0008, bigEndian: true))
        {
            return hasVr ? DicomEncoding.ExplicitBigEndian : null;
        }

        if (!StartsWithGroup(head, 0x0002, bigEndian: false) && !StartsWithGroup(head, 0x0008, bigEndian: false))
        {
            return null;
        }

        if (hasVr)
        {
            return DicomEncoding.ExplicitLittleEndian;
        }

        uint valueLength = BitConverter.ToUInt32(head[4..8]);
        return valueLength <= length - 8 ? DicomEncoding.ImplicitLittleEndian : null;
    }

    private static DicomFile ParseWithMeta(DicomSource source, int start, Func<DicomSource, int, DicomEncoding, DicomDataset> parse)
    {
        (DicomTransferSyntax syntax, int end) = ReadMeta(source, start);
        if (!syntax.IsDeflated)
        {
            return new DicomFile(syntax, parse(source, end, syntax.Encoding));
        }

        var inflated = new DicomSource(source.Path, Inflate(source, end), isInflated: true);
        return new DicomFile(syntax, parse(inflated, 0, syntax.Encoding));
    }

    /// <summary>Reads the file meta information, which is always explicit VR little endian (DICOM PS3.10, 7.1).</summary>
    /// <returns>The transfer syntax and the offset of the data set.</returns>
    private static (DicomTransferSyntax Syntax, int End) ReadMeta(DicomSource source, int start)
    {
        var meta = new DicomDataset(source, DicomEncoding.ExplicitLittleEndian);
        var cursor = new DicomCursor(source, start, bigEndian: false);
        long statedEnd = -1;
        DicomTransferSyntax? syntax = null;

        // The stated length of the group is often wrong, so the group number decides. Deflated bytes have no group
        // number: there the stated length must be right.
        while (cursor.Remaining >= 4
            && cursor.PeekTag().Group == DicomTag.FileMetaGroupLength.Group
            && !(syntax is { IsDeflated: true } && cursor.Position == statedEnd))
        {
            DicomElement element = DicomDatasetParser.ReadElement(source, ref cursor, DicomEncoding.ExplicitLittleEndian);
            meta.Add(element);
            if (element.Tag == DicomTag.FileMetaGroupLength && element.Value.Length == sizeof(uint))
            {
                statedEnd = cursor.Position + (long)BitConverter.ToUInt32(element.Value.Span);
            }
            else if (element.Tag == DicomTag.TransferSyntaxUid && meta.FindText(element.Tag) is { } uid)
            {
                syntax = DicomTransferSyntax.Find(Printable(uid));
            }
        }

        if (syntax is not null)
        {
            return (syntax, cursor.Position);
        }

        ReadOnlySpan<byte> rest = source.Bytes.Span[cursor.Position..];
        DicomEncoding guess = GuessEncoding(rest, rest.Length)
            ?? throw source.Error(
                ErrorIds.DicomInvalid,
                "The file meta information has no Transfer Syntax UID (0002,0010), and the encoding of the data set cannot be guessed.",
                DicomAdvice.ExportAgain,
                cursor.Position);
        return (UncompressedSyntax(guess), cursor.Position);
    }

    // The UID appears in messages, so a damaged one must not contain control characters or be very long.
    private static string Printable(string uid)
    {
        const int MaximumUidLength = 64;
        return string.Create(Math.Min(uid.Length, MaximumUidLength), uid, (target, from) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] == '.' ? from[i] : '?';
            }
        });
    }

    // Twice, so that nothing is allocated for a data set that is too long, and no more than its length for one that is not.
    private static byte[] Inflate(DicomSource source, int start)
    {
        try
        {
            byte[] inflated = GC.AllocateUninitializedArray<byte>(InflatedLength(source, start));
            using DeflateStream inflater = OpenDeflated(source, start);
            inflater.ReadExactly(inflated);
            return inflated;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw source.Error(ErrorIds.DicomInvalid, "The deflated data set cannot be inflated: the file is damaged.", DicomAdvice.Damaged, start, e);
        }
    }

    private static int InflatedLength(DicomSource source, int start)
    {
        using DeflateStream inflater = OpenDeflated(source, start);
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        long maximum = Math.Min(MemoryBudget.Bytes, Array.MaxLength);
        for (int count; (count = inflater.Read(buffer)) > 0;)
        {
            length += count;
            if (length > maximum)
            {
                throw MemoryBudget.TooLarge(length, "The inflated data set", source.Path);
            }
        }

        return (int)length;
    }

    private static DeflateStream OpenDeflated(DicomSource source, int start) =>
        new(new MemoryStream(source.Array, start, source.Length - start, writable: false), CompressionMode.Decompress);
}
