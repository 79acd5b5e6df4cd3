using System.Buffers.Binary;
using System.Text;

namespace MedSeg.Tests.Dicom;

/// <summary>Builds DICOM files byte by byte, independently of the engine's writer.</summary>
internal sealed class DicomBytes(bool explicitVr = true, bool bigEndian = false)
{
    public const uint UndefinedLength = 0xFFFFFFFF;

    private readonly List<byte> _bytes = [];

    public static DicomBytes Part10(string? transferSyntax = "1.2.840.10008.1.2.1", bool explicitVr = true, bool bigEndian = false)
    {
        var meta = new DicomBytes().Text(0x0002, 0x0013, "SH", "TEST");
        if (transferSyntax is not null)
        {
            meta = new DicomBytes().Text(0x0002, 0x0010, "UI", transferSyntax).Raw(meta._bytes.ToArray());
        }

        var group = new DicomBytes().Element(0x0002, 0x0000, "UL", BitConverter.GetBytes(meta._bytes.Count));
        return new DicomBytes(explicitVr, bigEndian)
            .Raw(new byte[128]).Raw("DICM"u8.ToArray()).Raw(group._bytes.ToArray()).Raw(meta._bytes.ToArray());
    }

    public DicomBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public DicomBytes Tag(ushort group, ushort element) => Raw(Number(group)).Raw(Number(element));

    public DicomBytes Header(ushort group, ushort element, string vr, uint length)
    {
        Tag(group, element);
        if (!explicitVr)
        {
            return Raw(Number(length));
        }

        Raw(Encoding.ASCII.GetBytes(vr));
        return vr is "OB" or "OW" or "OF" or "OD" or "SQ" or "UN" or "UT"
            ? Raw(0, 0).Raw(Number(length))
            : Raw(Number((ushort)length));
    }

    public DicomBytes Element(ushort group, ushort element, string vr, byte[] value) =>
        Header(group, element, vr, (uint)value.Length).Raw(value);

    public DicomBytes Text(ushort group, ushort element, string vr, string value) =>
        Element(group, element, vr, Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + (vr == "UI" ? '\0' : ' ')));

    public DicomBytes UInt16(ushort group, ushort element, ushort value) => Element(group, element, "US", Number(value));

    /// <summary>Adds a sequence of items with stated lengths.</summary>
    public DicomBytes Sequence(ushort group, ushort element, params DicomBytes[] items)
    {
        var content = new DicomBytes(explicitVr, bigEndian);
        foreach (DicomBytes item in items)
        {
            content.Item((uint)item._bytes.Count).Raw(item.ToArray());
        }

        return Element(group, element, "SQ", content.ToArray());
    }

    public DicomBytes Item(uint length) => Tag(0xFFFE, 0xE000).Raw(Number(length));

    public DicomBytes EndOfItem() => Tag(0xFFFE, 0xE00D).Raw(0, 0, 0, 0);

    public DicomBytes EndOfSequence() => Tag(0xFFFE, 0xE0DD).Raw(0, 0, 0, 0);

    /// <summary>Adds the elements that describe an image.</summary>
    public DicomBytes Image(
        int rows, int columns, int allocated = 16, int? stored = null, int? high = null, bool signed = false, string photometric = "MONOCHROME2", int samples = 1)
    {
        int storedBits = stored ?? allocated;
        return UInt16(0x0028, 0x0002, (ushort)samples)
            .Text(0x0028, 0x0004, "CS", photometric)
            .UInt16(0x0028, 0x0010, (ushort)rows)
            .UInt16(0x0028, 0x0011, (ushort)columns)
            .UInt16(0x0028, 0x0100, (ushort)allocated)
            .UInt16(0x0028, 0x0101, (ushort)storedBits)
            .UInt16(0x0028, 0x0102, (ushort)(high ?? storedBits - 1))
            .UInt16(0x0028, 0x0103, (ushort)(signed ? 1 : 0));
    }

    /// <summary>Adds pixel data of 16-bit words in the file's byte order.</summary>
    public DicomBytes Pixels(params ushort[] values)
    {
        var bytes = new List<byte>();
        foreach (ushort value in values)
        {
            bytes.AddRange(Number(value));
        }

        return Element(0x7FE0, 0x0010, "OW", [.. bytes]);
    }

    /// <summary>Adds encapsulated pixel data: an empty offset table and the fragments.</summary>
    public DicomBytes Fragments(params byte[][] fragments)
    {
        Header(0x7FE0, 0x0010, "OB", UndefinedLength).Item(0);
        foreach (byte[] fragment in fragments)
        {
            Item((uint)fragment.Length).Raw(fragment);
        }

        return EndOfSequence();
    }

    public byte[] ToArray() => [.. _bytes];

    private byte[] Number(ushort value)
    {
        byte[] bytes = new byte[2];
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }

        return bytes;
    }

    private byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        return bytes;
    }
}
