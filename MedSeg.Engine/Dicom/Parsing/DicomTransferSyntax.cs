namespace MedSeg.Dicom.Parsing;

/// <summary>The compression of the pixels in a transfer syntax.</summary>
internal enum PixelCompression
{
    /// <summary>Uncompressed.</summary>
    None,

    /// <summary>Run-length encoding (DICOM PS3.5, annex G).</summary>
    Rle,

    /// <summary>JPEG of ITU-T T.81: DCT of 8 or 12 bits, or lossless up to 16 bits.</summary>
    Jpeg,

    /// <summary>JPEG-LS (ITU-T T.87).</summary>
    JpegLs,

    /// <summary>JPEG 2000 part 1 (ITU-T T.800).</summary>
    Jpeg2000,

    /// <summary>A compression that MedSeg does not decode.</summary>
    Unsupported,
}

/// <summary>A transfer syntax (DICOM PS3.5, section 10 and annex A; names of PS3.6, table A-1).</summary>
/// <param name="Uid">The unique identifier.</param>
/// <param name="Name">The name in the standard.</param>
/// <param name="Encoding">How the data set is encoded.</param>
/// <param name="Compression">How the pixels are compressed.</param>
internal sealed record DicomTransferSyntax(string Uid, string Name, DicomEncoding Encoding, PixelCompression Compression)
{
    public static readonly DicomTransferSyntax ImplicitVrLittleEndian =
        new("1.2.840.10008.1.2", "Implicit VR Little Endian", DicomEncoding.ImplicitLittleEndian, PixelCompression.None);

    public static readonly DicomTransferSyntax ExplicitVrLittleEndian =
        new("1.2.840.10008.1.2.1", "Explicit VR Little Endian", DicomEncoding.ExplicitLittleEndian, PixelCompression.None);

    public static readonly DicomTransferSyntax DeflatedExplicitVrLittleEndian =
        new("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", DicomEncoding.ExplicitLittleEndian, PixelCompression.None);

    public static readonly DicomTransferSyntax ExplicitVrBigEndian =
        new("1.2.840.10008.1.2.2", "Explicit VR Big Endian", DicomEncoding.ExplicitBigEndian, PixelCompression.None);

    private static readonly Dictionary<string, DicomTransferSyntax> s_byUid = BuildTable();

    /// <summary>Gets a value indicating whether the data set after the file meta information is deflated (RFC 1951).</summary>
    public bool IsDeflated => Uid == DeflatedExplicitVrLittleEndian.Uid;

    /// <summary>Finds a transfer syntax.</summary>
    /// <param name="uid">The unique identifier, without padding.</param>
    /// <returns>The transfer syntax; an unsupported one if the UID is not in the table.</returns>
    public static DicomTransferSyntax Find(string uid) =>
        s_byUid.TryGetValue(uid, out DicomTransferSyntax? syntax)
            ? syntax
            : Compressed(uid, "private or unknown transfer syntax", PixelCompression.Unsupported);

    /// <summary>Formats the name and UID, for messages.</summary>
    /// <returns>Text such as <c>RLE Lossless (1.2.840.10008.1.2.5)</c>.</returns>
    public override string ToString() => $"{Name} ({Uid})";

    private static DicomTransferSyntax Compressed(string uid, string name, PixelCompression compression) =>
        new(uid, name, DicomEncoding.ExplicitLittleEndian, compression);

    private static Dictionary<string, DicomTransferSyntax> BuildTable()
    {
        var table = new Dictionary<string, DicomTransferSyntax>(StringComparer.Ordinal);
        void Add(DicomTransferSyntax syntax) => table.Add(syntax.Uid, syntax);
        void AddJpeg(int number, string name, PixelCompression compression) =>
            Add(Compressed($"1.2.840.10008.1.2.4.{number}", name, compression));

        Add(ImplicitVrLittleEndian);
        Add(ExplicitVrLittleEndian);
        Add(DeflatedExplicitVrLittleEndian);
        Add(ExplicitVrBigEndian);
        Add(Compressed("1.2.840.10008.1.2.5", "RLE Lossless", PixelCompression.Rle));
        AddJpeg(50, "JPEG Baseline (Process 1)", PixelCompression.Jpeg);
        AddJpeg(51, "JPEG Extended (Process 2 and 4)", PixelCompression.Jpeg);
        AddJpeg(57, "JPEG Lossless, Non-Hierarchical (Process 14)", PixelCompression.Jpeg);
        AddJpeg(70, "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])", PixelCompression.Jpeg);
        AddJpeg(80, "JPEG-LS Lossless Image Compression", PixelCompression.JpegLs);
        AddJpeg(81, "JPEG-LS Lossy (Near-Lossless) Image Compression", PixelCompression.JpegLs);
        AddJpeg(90, "JPEG 2000 Image Compression (Lossless Only)", PixelCompression.Jpeg2000);
        AddJpeg(91, "JPEG 2000 Image Compression", PixelCompression.Jpeg2000);

        (int Number, string Name)[] unsupported =
        [
            (52, "JPEG Extended (Process 3 and 5)"),
            (53, "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)"),
            (54, "JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)"),
            (55, "JPEG Full Progression, Non-Hierarchical (Process 10 and 12)"),
            (56, "JPEG Full Progression, Non-Hierarchical (Process 11 and 13)"),
            (58, "JPEG Lossless, Non-Hierarchical (Process 15)"),
            (92, "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)"),
            (93, "JPEG 2000 Part 2 Multi-component Image Compression"),
            (94, "JPIP Referenced"),
            (95, "JPIP Referenced Deflate"),
            (100, "MPEG2 Main Profile / Main Level"),
            (101, "MPEG2 Main Profile / High Level"),
            (102, "MPEG-4 AVC/H.264 High Profile / Level 4.1"),
            (103, "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1"),
            (104, "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video"),
            (105, "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video"),
            (106, "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2"),
            (107, "HEVC/H.265 Main Profile / Level 5.1"),
            (108, "HEVC/H.265 Main 10 Profile / Level 5.1"),
            (110, "JPEG XL Lossless"),
            (111, "JPEG XL JPEG Recompression"),
            (112, "JPEG XL"),
            (201, "High-Throughput JPEG 2000 Image Compression (Lossless Only)"),
            (202, "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)"),
            (203, "High-Throughput JPEG 2000 Image Compression"),
        ];
        foreach ((int number, string name) in unsupported)
        {
            AddJpeg(number, name, PixelCompression.Unsupported);
        }

        Add(Compressed("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", PixelCompression.Unsupported));
        Add(Compressed("1.2.840.113619.5.2", "GE Private Implicit VR Big Endian", PixelCompression.Unsupported));
        return table;
    }
}
