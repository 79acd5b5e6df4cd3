using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>The elements at the top level of a data set, and their values.</summary>
/// <param name="source">The file, for messages.</param>
/// <param name="encoding">How the elements are encoded.</param>
internal sealed class DicomDataset(DicomSource source, DicomEncoding encoding)
{
    private readonly Dictionary<DicomTag, DicomElement> _elements = [];

    public DicomSource Source { get; } = source;

    public DicomEncoding Encoding { get; } = encoding;

    /// <summary>Gets the bytes that the elements were parsed from.</summary>
    public ReadOnlyMemory<byte> Encoded { get; set; }

    /// <summary>Gets the stated length of the pixel data in bytes, if only the header was read; <see langword="null"/> if it is compressed.</summary>
    public long? PixelBytes { get; set; }

    /// <summary>Gets the offset of the first byte of the pixel data, if only the header was read.</summary>
    public long PixelStart { get; set; }

    /// <summary>Gets a value indicating whether one of the three kinds of pixel data was read.</summary>
    public bool HasPixels => Contains(DicomTag.PixelData) || Contains(DicomTag.FloatPixelData) || Contains(DicomTag.DoubleFloatPixelData);

    /// <summary>Gets the elements that are sequences; in implicit VR, those that begin with an item.</summary>
    public IEnumerable<DicomTag> Sequences => _elements.Values.Where(element => element.Vr == DicomVr.SQ || (element.Vr is DicomVr.None or DicomVr.UN && BeginsWithItem(element.Value.Span))).Select(element => element.Tag);

    public void Add(DicomElement element) => _elements[element.Tag] = element;

    public bool Contains(DicomTag tag) => _elements.ContainsKey(tag);

    public DicomElement? Find(DicomTag tag) => _elements.GetValueOrDefault(tag);

    /// <summary>Reads the items of a sequence.</summary>
    /// <returns>The data set of each item; empty if the element is missing or empty.</returns>
    public IReadOnlyList<DicomDataset> Items(DicomTag tag)
    {
        if (Find(tag) is not { } element || element.Value.IsEmpty || !MemoryMarshal.TryGetArray(element.Value, out ArraySegment<byte> value))
        {
            return [];
        }

        // Items under UN are implicit VR little endian (PS3.5, 6.2.2, note 2).
        DicomEncoding encoding = element.Vr == DicomVr.UN ? DicomEncoding.ImplicitLittleEndian : Encoding;
        return DicomDatasetParser.ParseItems(Source, value.Offset, value.Offset + value.Count, encoding);
    }

    /// <summary>Reads all 16-bit values of an element (US, SS or OW).</summary>
    /// <returns>The bit patterns, or <see langword="null"/> if the element is missing.</returns>
    public ushort[]? FindUInt16s(DicomTag tag)
    {
        if (Find(tag) is not { } element)
        {
            return null;
        }

        ushort[] values = new ushort[element.Value.Length / sizeof(ushort)];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = element.Value.Span.Slice(i * sizeof(ushort), sizeof(ushort));
            values[i] = Encoding.BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
        }

        return values;
    }

    /// <summary>Reads an unsigned 16-bit value (US).</summary>
    /// <returns>The value, or <see langword="null"/> if the element is missing or empty.</returns>
    public ushort? FindUInt16(DicomTag tag)
    {
        if (Find(tag) is not { } element || element.Value.IsEmpty)
        {
            return null;
        }

        ReadOnlySpan<byte> value = element.Value.Span;
        if (value.Length < sizeof(ushort))
        {
            throw Source.Error(ErrorIds.DicomInvalid, $"Element {tag} has one byte, but should be a 16-bit number.", DicomAdvice.ExportAgain, element.Offset);
        }

        return Encoding.BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    /// <summary>Reads an unsigned 16-bit value (US) that an image must have.</summary>
    public ushort GetUInt16(DicomTag tag, string name) =>
        FindUInt16(tag) ?? throw Source.Error(ErrorIds.DicomInvalid, $"{name} {tag} is missing, which an image must have.", DicomAdvice.ExportAgain);

    /// <summary>Reads text without its padding.</summary>
    /// <returns>The text, or <see langword="null"/> if the element is missing or blank.</returns>
    public string? FindText(DicomTag tag)
    {
        if (Find(tag) is not { } element)
        {
            return null;
        }

        // Latin-1 maps each byte to one character: correct for what MedSeg reads, and values are equal only if their bytes are.
        string text = System.Text.Encoding.Latin1.GetString(element.Value.Span).Trim(' ', '\0', '\t', '\r', '\n');
        return text.Length == 0 ? null : text;
    }

    /// <summary>Reads a text in the character set that the data set states.</summary>
    /// <param name="tag">The element.</param>
    /// <param name="vr">Its value representation.</param>
    /// <param name="characterSet">The Specific Character Set (0008,0005).</param>
    /// <returns>The text, or <see langword="null"/> if the element is missing or blank; if it cannot be decoded, one character for each byte.</returns>
    public string? FindText(DicomTag tag, DicomVr vr, string? characterSet) =>
        FindText(tag) is { } bytes ? new DicomTextDecoder(characterSet).Decode(System.Text.Encoding.Latin1.GetBytes(bytes), vr) ?? bytes : null;

    /// <summary>Reads decimal strings (DS) or integer strings (IS), separated by backslashes (DICOM PS3.5, 6.2).</summary>
    /// <returns>
    /// The numbers, with NaN for text that is not a number; or <see langword="null"/> if the element is missing or blank.
    /// </returns>
    public double[]? FindDecimals(DicomTag tag)
    {
        if (FindText(tag) is not { } text)
        {
            return null;
        }

        return Array.ConvertAll(text.Split('\\'), DecimalText.Parse);
    }

    /// <summary>Reads a known number of decimal strings, also with decimal commas.</summary>
    /// <returns>The numbers; <see langword="null"/> if the element is missing, has another number of values, or one is not a finite number.</returns>
    public double[]? FindDecimals(DicomTag tag, int count) => FindText(tag) is { } text ? DecimalText.Parse(text, count, out _) : null;

    /// <summary>Reads an unsigned 32-bit value (UL).</summary>
    /// <returns>The value, or <see langword="null"/> if the element is missing or too short.</returns>
    public uint? FindUInt32(DicomTag tag) => Find(tag) is not { Value: { Length: >= sizeof(uint) } value } ? null
        : Encoding.BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(value.Span) : BinaryPrimitives.ReadUInt32LittleEndian(value.Span);

    /// <summary>Reads a number in double precision (FD).</summary>
    /// <returns>The value, or <see langword="null"/> if the element is missing or too short.</returns>
    public double? FindDouble(DicomTag tag) => Find(tag) is not { Value: { Length: >= sizeof(double) } value } ? null
        : Encoding.BigEndian ? BinaryPrimitives.ReadDoubleBigEndian(value.Span) : BinaryPrimitives.ReadDoubleLittleEndian(value.Span);

    /// <summary>Reads one decimal or integer string; a missing one has a default.</summary>
    public double GetDecimal(DicomTag tag, string name, double fallback)
    {
        if (FindDecimals(tag) is not { } values)
        {
            return fallback;
        }

        return double.IsFinite(values[0])
            ? values[0]
            : throw Source.Error(ErrorIds.DicomInvalid, $"{name} {tag} is not a number.", DicomAdvice.Correct, Find(tag)!.Offset);
    }

    private static bool BeginsWithItem(ReadOnlySpan<byte> value) => value.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF, 0x00, 0xE0]);
}
