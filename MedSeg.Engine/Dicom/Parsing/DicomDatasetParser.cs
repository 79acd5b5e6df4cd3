using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>Parses data elements (DICOM PS3.5, section 7).</summary>
internal sealed class DicomDatasetParser
{
    private const uint UndefinedLength = 0xFFFFFFFF;
    private const int ItemHeaderLength = 8;

    // Real files nest sequences a few levels deep; the limit keeps a malicious file from exhausting the stack.
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

        // Nothing after the pixel data is used, and some files have padding there.
        while (cursor.Remaining > 0 && !dataset.HasPixels)
        {
            dataset.Add(parser.ReadElement(ref cursor, encoding, depth: 0));
        }

        dataset.Encoded = source.Bytes[start..cursor.Position];
        return dataset;
    }

    /// <summary>Reads the elements of the top level before the pixel data, of which only the tag and the length are read.</summary>
    /// <param name="source">The bytes, which may end within the pixel data.</param>
    /// <param name="start">The offset of the first element.</param>
    /// <param name="encoding">How the elements are encoded.</param>
    /// <returns>The data set, with an empty element for the pixel data.</returns>
    public static DicomDataset ParseHeader(DicomSource source, int start, DicomEncoding encoding)
    {
        var parser = new DicomDatasetParser(source);
        var dataset = new DicomDataset(source, encoding);
        var cursor = new DicomCursor(source, start, encoding.BigEndian);
        while (cursor.Remaining > 0 && !dataset.HasPixels)
        {
            DicomTag tag = cursor.PeekTag();
            if (tag != DicomTag.PixelData && tag != DicomTag.FloatPixelData && tag != DicomTag.DoubleFloatPixelData)
            {
                dataset.Add(parser.ReadElement(ref cursor, encoding, depth: 0));
                continue;
            }

            int offset = cursor.Position;
            cursor.ReadTag();
            (DicomVr vr, uint length) = parser.ReadVrAndLength(ref cursor, encoding, offset);
            dataset.Add(new DicomElement(tag, vr, default, offset));
            dataset.PixelBytes = length == UndefinedLength ? null : length;
            dataset.PixelStart = cursor.Position;
        }

        return dataset;
    }

    /// <summary>Reads one element at the cursor.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="cursor">The cursor at the element; advances past it.</param>
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
            throw _source.Error(
                ErrorIds.DicomInvalid,
                $"An item delimiter {tag} was found instead of a data element: the file is damaged.",
                DicomAdvice.Damaged,
                offset);
        }

        (DicomVr vr, uint length) = ReadVrAndLength(ref cursor, encoding, offset);
        if (length != UndefinedLength)
        {
            return new DicomElement(tag, vr, cursor.TakeValue(length, tag), offset);
        }

        // Icons have compressed pixels of their own, and private elements may be encapsulated too.
        if (tag == DicomTag.PixelData || vr is DicomVr.OB or DicomVr.OW)
        {
            return new DicomFragmentParser(_source, isLast: tag == DicomTag.PixelData && depth == 0).Read(ref cursor, new DicomElement(tag, vr, default, offset));
        }

        if (vr is not (DicomVr.SQ or DicomVr.UN or DicomVr.None))
        {
            throw _source.Error(
                ErrorIds.DicomInvalid,
                $"Element {tag} has undefined length but is not a sequence: the file is damaged.",
                DicomAdvice.Damaged,
                offset);
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
                ErrorIds.DicomInvalid,
                $"Bytes {first:X2} {second:X2} were found instead of the two letters of a value representation: the file is damaged or states the wrong transfer syntax.",
                DicomAdvice.Damaged,
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

    /// <summary>Skips the items of a sequence of undefined length and its delimiter (DICOM PS3.5, 7.5).</summary>
    /// <returns>The offset of the delimiter.</returns>
    private int SkipItems(ref DicomCursor cursor, DicomEncoding encoding, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw _source.Error(ErrorIds.DicomInvalid, "Sequences are nested more than 64 deep: the file is damaged.", DicomAdvice.Damaged, cursor.Position);
        }

        // A data set in UN is little endian, even in a big-endian file.
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
                throw _source.Error(
                    ErrorIds.DicomInvalid,
                    $"{tag} was found instead of an item of a sequence: the file is damaged.",
                    DicomAdvice.Damaged,
                    offset);
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

    /// <summary>Reads the items of a sequence (DICOM PS3.5, 7.5).</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="start">The offset of the first item.</param>
    /// <param name="end">The offset after the last item.</param>
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
                throw source.Error(ErrorIds.DicomInvalid, "A sequence contains something other than items: the file is damaged.", DicomAdvice.Damaged, offset);
            }

            uint length = cursor.ReadUInt32();
            long itemEnd = length == UndefinedLength ? end : cursor.Position + (long)length;
            if (itemEnd > end)
            {
                throw source.Error(ErrorIds.DicomInvalid, "An item extends beyond its sequence: the file is damaged.", DicomAdvice.Damaged, offset);
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
