using System.Globalization;

namespace MedSeg.Dicom.Parsing;

/// <summary>Turns bytes into data elements (DICOM PS3.5, section 7).</summary>
internal sealed class DicomDatasetParser
{
    private const uint UndefinedLength = 0xFFFFFFFF;
    private const int ItemHeaderLength = 8;

    // Real files nest sequences a handful deep; the limit keeps a made-up one from exhausting the stack.
    public const int MaximumDepth = 64;

    private readonly DicomSource _source;

    private DicomDatasetParser(DicomSource source)
    {
        _source = source;
    }

    /// <summary>Reads the elements of the top level up to and including the pixel data.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="start">The offset of the first element.</param>
    /// <param name="encoding">How the elements are encoded.</param>
    /// <returns>The data set.</returns>
    public static DicomDataset Parse(DicomSource source, int start, DicomEncoding encoding)
    {
        var parser = new DicomDatasetParser(source);
        var dataset = new DicomDataset(source, encoding);
        var cursor = new DicomCursor(source, start, encoding.BigEndian);

        // Nothing after the pixel data is used, and files do carry padding there.
        while (cursor.Remaining > 0 && !dataset.HasPixels)
        {
            dataset.Add(parser.ReadElement(ref cursor, encoding, depth: 0));
        }

        dataset.Encoded = source.Bytes[start..cursor.Position];
        return dataset;
    }

    /// <summary>Reads one element at the cursor.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="cursor">Stands at the element; moves behind it.</param>
    /// <param name="encoding">How the element is encoded.</param>
    /// <returns>The element.</returns>
    public static DicomElement ReadElement(DicomSource source, ref DicomCursor cursor, DicomEncoding encoding) =>
        new DicomDatasetParser(source).ReadElement(ref cursor, encoding, depth: 0);

    private DicomElement ReadElement(ref DicomCursor cursor, DicomEncoding encoding, int depth)
    {
        int offset = cursor.Position;
        DicomTag tag = cursor.ReadTag();
        if (tag.Group == DicomTag.Item.Group)
        {
            throw _source.Error(DicomErrorId.Invalid, $"an item delimiter {tag} stands where a data element was expected. The file is damaged; export it again.", offset);
        }

        (DicomVr vr, uint length) = ReadVrAndLength(ref cursor, encoding, offset);
        if (length != UndefinedLength)
        {
            return new DicomElement(tag, vr, cursor.TakeValue(length, tag), offset);
        }

        if (tag == DicomTag.PixelData && depth == 0)
        {
            return ReadFragments(ref cursor, new DicomElement(tag, vr, default, offset));
        }

        if (vr is not (DicomVr.SQ or DicomVr.UN or DicomVr.None))
        {
            throw _source.Error(DicomErrorId.Invalid, $"element {tag} has undefined length but is not a sequence. The file is damaged; export it again.", offset);
        }

        // Undefined length under UN means implicit VR little endian within (PS3.5, 6.2.2, note 2).
        int start = cursor.Position;
        int end = vr == DicomVr.UN
            ? SkipItems(ref cursor, DicomEncoding.ImplicitLittleEndian, depth + 1)
            : SkipItems(ref cursor, encoding, depth + 1);
        return new DicomElement(tag, vr, _source.Bytes[start..end], offset);
    }

    private (DicomVr Vr, uint Length) ReadVrAndLength(ref DicomCursor cursor, DicomEncoding encoding, int offset)
    {
        if (!encoding.ExplicitVr)
        {
            return (DicomVr.None, cursor.ReadUInt32());
        }

        byte first = cursor.ReadByte();
        byte second = cursor.ReadByte();
        if (!DicomVrEncoding.IsPairOfLetters(first, second))
        {
            throw _source.Error(
                DicomErrorId.Invalid,
                string.Create(CultureInfo.InvariantCulture, $"bytes {first:X2} {second:X2} stand where the two letters of a value representation were expected. The file is damaged or states the wrong transfer syntax; export it again."),
                offset);
        }

        DicomVr vr = DicomVrEncoding.FromLetters(first, second);
        if (DicomVrEncoding.HasShortLength(vr))
        {
            return (vr, cursor.ReadUInt16());
        }

        cursor.ReadUInt16();
        return (vr, cursor.ReadUInt32());
    }

    /// <summary>Passes over the items of a sequence of undefined length and its delimiter (DICOM PS3.5, 7.5).</summary>
    /// <returns>The offset of the delimiter.</returns>
    private int SkipItems(ref DicomCursor cursor, DicomEncoding encoding, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw _source.Error(DicomErrorId.Invalid, "sequences are nested more than 64 deep. The file is damaged; export it again.", cursor.Position);
        }

        // A data set in UN is little endian whatever stands around it.
        var items = new DicomCursor(_source, cursor.Position, encoding.BigEndian);
        while (true)
        {
            int offset = items.Position;
            DicomTag tag = items.ReadTag();
            uint length = items.ReadUInt32();
            if (tag == DicomTag.SequenceDelimitation)
            {
                cursor.MoveTo(items.Position);
                return offset;
            }

            if (tag != DicomTag.Item)
            {
                throw _source.Error(DicomErrorId.Invalid, $"{tag} stands where an item of a sequence was expected. The file is damaged; export it again.", offset);
            }

            if (length != UndefinedLength)
            {
                items.TakeValue(length, tag);
                continue;
            }

            while (items.PeekTag() != DicomTag.ItemDelimitation)
            {
                ReadElement(ref items, encoding, depth);
            }

            items.ReadTag();
            items.ReadUInt32();
        }
    }

    /// <summary>Reads encapsulated pixel data; its first item is the basic offset table (DICOM PS3.5, A.4).</summary>
    private DicomElement ReadFragments(ref DicomCursor cursor, DicomElement element)
    {
        var fragments = new List<DicomFragment>();
        ReadOnlyMemory<byte>? offsetTable = null;
        int first = 0;
        while (true)
        {
            int offset = cursor.Position;
            DicomTag tag = cursor.ReadTag();
            uint length = cursor.ReadUInt32();
            if (tag == DicomTag.SequenceDelimitation)
            {
                return element with { Fragments = fragments, OffsetTable = offsetTable ?? default };
            }

            if (tag != DicomTag.Item)
            {
                throw _source.Error(DicomErrorId.Invalid, $"{tag} stands where a fragment of the compressed pixels was expected. The file is damaged; export it again.", offset);
            }

            ReadOnlyMemory<byte> content = cursor.TakeValue(length, tag);
            if (offsetTable is null)
            {
                offsetTable = content;
                first = cursor.Position;
            }
            else
            {
                fragments.Add(new DicomFragment(offset - first, cursor.Position - content.Length, content));
            }
        }
    }

    /// <summary>Reads the items of a sequence (DICOM PS3.5, 7.5).</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="start">The offset of the first item.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <param name="encoding">How the items are encoded.</param>
    /// <returns>The data set of each item.</returns>
    public static IReadOnlyList<DicomDataset> ParseItems(DicomSource source, int start, int end, DicomEncoding encoding)
    {
        var parser = new DicomDatasetParser(source);
        var items = new List<DicomDataset>();
        var cursor = new DicomCursor(source, start, encoding.BigEndian);
        while (end - cursor.Position >= ItemHeaderLength)
        {
            int offset = cursor.Position;
            if (cursor.ReadTag() != DicomTag.Item)
            {
                throw source.Error(DicomErrorId.Invalid, "a sequence holds something else than items. The file is damaged; export it again.", offset);
            }

            uint length = cursor.ReadUInt32();
            long itemEnd = length == UndefinedLength ? end : cursor.Position + (long)length;
            if (itemEnd > end)
            {
                throw source.Error(DicomErrorId.Invalid, "an item reaches beyond its sequence. The file is damaged; export it again.", offset);
            }

            items.Add(parser.ReadItem(ref cursor, (int)itemEnd, encoding));
        }

        return items;
    }

    private DicomDataset ReadItem(ref DicomCursor cursor, int end, DicomEncoding encoding)
    {
        var item = new DicomDataset(_source, encoding);
        while (cursor.Position < end)
        {
            if (cursor.PeekTag() == DicomTag.ItemDelimitation)
            {
                cursor.ReadTag();
                cursor.ReadUInt32();
                break;
            }

            item.Add(ReadElement(ref cursor, encoding, depth: 1));
        }

        return item;
    }
}
