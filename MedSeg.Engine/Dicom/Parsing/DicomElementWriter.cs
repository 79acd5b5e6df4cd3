using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MedSeg.Dicom.Parsing;

/// <summary>Writes data elements in little endian, with explicit or implicit VR (DICOM PS3.5, 7.1.2 and 7.1.3); the caller writes them in the order of their tags.</summary>
/// <param name="stream">The stream to write to.</param>
/// <param name="isImplicit">Whether the VR is left out; then numbers in text may have more than 64 KiB.</param>
internal sealed class DicomElementWriter(Stream stream, bool isImplicit = false)
{
    private const int MaximumDecimalLength = 16;

    public void Text(DicomTag tag, DicomVr vr, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);

        // Values have an even length: UIDs are padded with a zero byte, text with a space (PS3.5, 6.2).
        Header(tag, vr, bytes.Length + (bytes.Length & 1));
        stream.Write(bytes);
        if ((bytes.Length & 1) == 1)
        {
            stream.WriteByte(vr == DicomVr.UI ? (byte)0 : (byte)' ');
        }
    }

    public void Integer(DicomTag tag, int value) => Text(tag, DicomVr.IS, value.ToString(CultureInfo.InvariantCulture));

    public void Decimals(DicomTag tag, params IReadOnlyList<double> values)
    {
        var text = new StringBuilder();
        for (int i = 0; i < values.Count; i++)
        {
            text.Append(i == 0 ? "" : "\\").Append(Decimal(values[i]));
        }

        Text(tag, DicomVr.DS, text.ToString());
    }

    public void UInt16(DicomTag tag, int value)
    {
        Header(tag, DicomVr.US, sizeof(ushort));
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        stream.Write(bytes);
    }

    /// <summary>Writes 16-bit numbers (US).</summary>
    public void UInt16s(DicomTag tag, params ReadOnlySpan<ushort> values)
    {
        Header(tag, DicomVr.US, sizeof(ushort) * values.Length);
        foreach (ushort value in values)
        {
            Write(value);
        }
    }

    public void UInt32(DicomTag tag, uint value)
    {
        Header(tag, DicomVr.UL, sizeof(uint));
        Write(value);
    }

    public void Bytes(DicomTag tag, DicomVr vr, ReadOnlySpan<byte> value)
    {
        Header(tag, vr, value.Length);
        stream.Write(value);
    }

    /// <summary>Writes a sequence of items, with their lengths.</summary>
    public void Sequence(DicomTag tag, params IReadOnlyList<Action<DicomElementWriter>> items)
    {
        using var content = new MemoryStream();
        var inner = new DicomElementWriter(content, isImplicit);
        foreach (Action<DicomElementWriter> item in items)
        {
            inner.Item(item);
        }

        Bytes(tag, DicomVr.SQ, content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    /// <summary>Writes an item of a sequence.</summary>
    public void Item(Action<DicomElementWriter> item)
    {
        using var content = new MemoryStream();
        item(new DicomElementWriter(content, isImplicit));
        Write(DicomTag.Item.Group);
        Write(DicomTag.Item.Element);
        Write((uint)content.Length);
        content.WriteTo(stream);
    }

    /// <summary>Writes the header of an element whose value the caller writes.</summary>
    public void Start(DicomTag tag, DicomVr vr, long length) => Header(tag, vr, checked((int)length));

    /// <summary>Writes 32-bit numbers (UL).</summary>
    public void UInt32s(DicomTag tag, params ReadOnlySpan<uint> values)
    {
        Header(tag, DicomVr.UL, sizeof(uint) * values.Length);
        foreach (uint value in values)
        {
            Write(value);
        }
    }

    public void Words(DicomTag tag, ReadOnlySpan<ushort> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            Bytes(tag, DicomVr.OW, MemoryMarshal.AsBytes(values));
            return;
        }

        ushort[] swapped = new ushort[values.Length];
        BinaryPrimitives.ReverseEndianness(values, swapped);
        Bytes(tag, DicomVr.OW, MemoryMarshal.AsBytes<ushort>(swapped));
    }

    /// <summary>Formats a number as precisely as the 16 characters of a decimal string (DS) allow.</summary>
    internal static string Decimal(double value)
    {
        for (int digits = 17; digits > 1; digits--)
        {
            string text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (text.Length <= MaximumDecimalLength)
            {
                return text;
            }
        }

        return value.ToString("G1", CultureInfo.InvariantCulture);
    }

    private void Header(DicomTag tag, DicomVr vr, int length)
    {
        Write((ushort)tag.Group);
        Write((ushort)tag.Element);
        if (isImplicit)
        {
            Write((uint)length);
            return;
        }

        stream.WriteByte((byte)((ushort)vr >> 8));
        stream.WriteByte((byte)((ushort)vr & 0xFF));
        if (DicomVrEncoding.HasShortLength(vr))
        {
            Write(checked((ushort)length));
            return;
        }

        Write((ushort)0);
        Write((uint)length);
    }

    private void Write(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private void Write(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
