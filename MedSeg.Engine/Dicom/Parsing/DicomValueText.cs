using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom.Parsing;

/// <summary>Reads elements as text, whether they store text or binary numbers (DICOM PS3.5, 6.2).</summary>
internal static class DicomValueText
{
    // Binary numbers that files with implicit VR do not tell from text.
    private static readonly Dictionary<DicomTag, string> s_binary = new()
    {
        [new(0x0018, 0x9079)] = "FD",
        [new(0x0018, 0x9082)] = "FD",
        [new(0x0018, 0x9087)] = "FD",
        [new(0x0020, 0x9057)] = "UL",
        [new(0x0020, 0x9128)] = "UL",
    };

    /// <summary>Reads an element.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="tag">The element.</param>
    /// <returns>The text without its padding, or the numbers, separated by backslashes; <see langword="null"/> if the element is missing or empty.</returns>
    public static string? Find(DicomDataset dataset, DicomTag tag)
    {
        if (dataset.Find(tag) is not { Value.Length: > 0 } element)
        {
            return null;
        }

        bool isBigEndian = dataset.Encoding.BigEndian;
        string vr = element.Vr is DicomVr.None or DicomVr.UN ? s_binary.GetValueOrDefault(tag, "") : string.Create(CultureInfo.InvariantCulture, $"{(char)((ushort)element.Vr >> 8)}{(char)((ushort)element.Vr & 0xFF)}");
        return vr switch
        {
            "FD" => Join(element.Value, sizeof(double), v => isBigEndian ? BinaryPrimitives.ReadDoubleBigEndian(v.Span) : BinaryPrimitives.ReadDoubleLittleEndian(v.Span)),
            "FL" => Join(element.Value, sizeof(float), v => isBigEndian ? BinaryPrimitives.ReadSingleBigEndian(v.Span) : BinaryPrimitives.ReadSingleLittleEndian(v.Span)),
            "US" => Join(element.Value, sizeof(ushort), v => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(v.Span) : BinaryPrimitives.ReadUInt16LittleEndian(v.Span)),
            "SS" => Join(element.Value, sizeof(short), v => isBigEndian ? BinaryPrimitives.ReadInt16BigEndian(v.Span) : BinaryPrimitives.ReadInt16LittleEndian(v.Span)),
            "UL" => Join(element.Value, sizeof(uint), v => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(v.Span) : BinaryPrimitives.ReadUInt32LittleEndian(v.Span)),
            "SL" => Join(element.Value, sizeof(int), v => isBigEndian ? BinaryPrimitives.ReadInt32BigEndian(v.Span) : BinaryPrimitives.ReadInt32LittleEndian(v.Span)),
            _ => dataset.FindText(tag),
        };
    }

    private static string? Join(ReadOnlyMemory<byte> value, int size, Func<ReadOnlyMemory<byte>, double> read) => value.Length < size
        ? null
        : string.Join('\\', Enumerable.Range(0, value.Length / size).Select(i => read(value.Slice(i * size, size)).ToString("R", CultureInfo.InvariantCulture)));
}
