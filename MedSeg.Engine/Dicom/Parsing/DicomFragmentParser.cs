using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>Parses encapsulated pixel data (DICOM PS3.5, A.4): items that hold fragments, and a sequence delimiter.</summary>
/// <param name="source">The bytes.</param>
/// <param name="isLast">
/// Whether nothing after the element matters: some archives leave out the delimiter or write zeros in its place, although all fragments are
/// whole. Within a sequence, whatever follows could not be found without it.
/// </param>
internal sealed class DicomFragmentParser(DicomSource source, bool isLast)
{
    private const int ItemHeaderLength = 8;

    /// <summary>Reads the fragments; the first item is the basic offset table.</summary>
    /// <param name="cursor">The cursor after the header of the element; advances past the delimiter, or to the end of the fragments.</param>
    /// <param name="element">The element without its fragments.</param>
    /// <returns>The element.</returns>
    public DicomElement Read(ref DicomCursor cursor, DicomElement element)
    {
        var fragments = new List<DicomFragment>();
        ReadOnlyMemory<byte>? offsetTable = null;
        int first = 0;
        while (true)
        {
            if (isLast && fragments.Count > 0 && EndsAt(ref cursor, fragments[^1]))
            {
                return element with { Fragments = fragments, OffsetTable = offsetTable ?? default, IsOpenEnded = true };
            }

            int offset = cursor.Position;
            DicomTag tag = cursor.ReadTag();
            uint length = cursor.ReadUInt32();
            if (tag == DicomTag.SequenceDelimitation)
            {
                return element with { Fragments = fragments, OffsetTable = offsetTable ?? default };
            }

            if (tag != DicomTag.Item)
            {
                throw source.Error(
                    ErrorIds.DicomInvalid,
                    $"{tag} was found instead of a fragment of compressed pixels: the file is damaged.",
                    DicomAdvice.Damaged,
                    offset);
            }

            // Only the padding byte of an odd fragment may be missing at the end of the file.
            bool isUnpadded = isLast && offsetTable is not null && length == (long)cursor.Remaining + 1;
            ReadOnlyMemory<byte> content = cursor.TakeValue(isUnpadded ? length - 1 : length, tag);
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

    // Skips a padding byte that the length of an odd fragment does not count.
    private bool EndsAt(ref DicomCursor cursor, DicomFragment last)
    {
        if ((last.Bytes.Length & 1) == 1 && cursor.Remaining > ItemHeaderLength && source.Bytes.Span[cursor.Position] == 0 && !StartsItem(cursor.Position) && StartsItem(cursor.Position + 1))
        {
            cursor.MoveTo(cursor.Position + 1);
        }

        ReadOnlySpan<byte> rest = source.Bytes.Span[cursor.Position..];
        if (rest.Length >= ItemHeaderLength && StartsItem(cursor.Position))
        {
            return false;
        }

        // The end of the file, half a delimiter, zeros, the delimiter of an item, or an element that follows pixel data (PS3.6).
        return rest.Length < ItemHeaderLength
            || !rest.ContainsAnyExcept((byte)0)
            || cursor.PeekTag() is { Group: > 0x7FE0 } and not { Group: 0xFFFE, Element: not 0xE00D };
    }

    private bool StartsItem(int position) =>
        source.Bytes.Span[position..] is [0xFE, 0xFF, 0x00, 0xE0, ..] or [0xFE, 0xFF, 0xDD, 0xE0, ..];
}
