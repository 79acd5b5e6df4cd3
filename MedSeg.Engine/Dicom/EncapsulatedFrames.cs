using System.Buffers.Binary;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>
/// Finds the fragments of each frame (DICOM PS3.5, A.4): from the number of fragments if each frame has one, otherwise
/// from the extended or the basic offset table, and finally from the signatures at the start of codestreams.
/// </summary>
internal static class EncapsulatedFrames
{
    /// <summary>Finds the first fragment of each frame, or throws.</summary>
    /// <param name="dataset">The data set, for the extended offset table and messages.</param>
    /// <param name="element">The pixel data.</param>
    /// <param name="frames">The number of frames.</param>
    /// <returns>The first fragment of each frame.</returns>
    /// <exception cref="FileFormatException">The fragments cannot be assigned to frames.</exception>
    public static int[] FindStarts(DicomDataset dataset, DicomElement element, int frames) =>
        Starts(dataset, element, frames)
            ?? throw dataset.Source.Error(
                ErrorIds.DicomInvalid,
                $"The pixels are in {element.Fragments!.Count} fragments, which cannot be assigned to the {frames} frames without a valid offset table.",
                "Export the image again with a basic offset table.",
                element.Offset);

    /// <summary>Returns the bytes of one frame.</summary>
    /// <param name="element">The pixel data.</param>
    /// <param name="starts">The first fragment of each frame.</param>
    /// <param name="frame">The frame, from 0.</param>
    /// <returns>The compressed bytes, and the offset of the first in the file.</returns>
    public static (ReadOnlyMemory<byte> Bytes, int Offset) Find(DicomElement element, int[] starts, int frame)
    {
        IReadOnlyList<DicomFragment> fragments = element.Fragments!;
        int first = starts[frame];
        int end = frame + 1 < starts.Length ? starts[frame + 1] : fragments.Count;
        return (Join(fragments, first, end), fragments[first].Offset);
    }

    /// <summary>Finds the first fragment of each frame; <see langword="null"/> if that is impossible.</summary>
    private static int[]? Starts(DicomDataset dataset, DicomElement element, int frames)
    {
        IReadOnlyList<DicomFragment> fragments = element.Fragments!;
        if (frames == 1)
        {
            return fragments.Count > 0 ? [0] : null;
        }

        if (fragments.Count < frames)
        {
            return null;
        }

        if (fragments.Count == frames)
        {
            return [.. Enumerable.Range(0, frames)];
        }

        return FromTable(dataset.Find(DicomTag.ExtendedOffsetTable)?.Value ?? default, sizeof(ulong), fragments, frames)
            ?? FromTable(element.OffsetTable, sizeof(uint), fragments, frames)
            ?? FromCodestreams(fragments, frames);
    }

    private static int[]? FromTable(ReadOnlyMemory<byte> table, int width, IReadOnlyList<DicomFragment> fragments, int frames)
    {
        if (table.Length < frames * width)
        {
            return null;
        }

        int[] starts = new int[frames];
        int fragment = 0;
        for (int frame = 0; frame < frames; frame++)
        {
            ReadOnlySpan<byte> entry = table.Span.Slice(frame * width, width);
            ulong position = width == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(entry) : BinaryPrimitives.ReadUInt64LittleEndian(entry);
            while (fragment < fragments.Count && (ulong)fragments[fragment].Position < position)
            {
                fragment++;
            }

            if (fragment == fragments.Count || (ulong)fragments[fragment].Position != position || (frame > 0 && starts[frame - 1] == fragment))
            {
                return null;
            }

            starts[frame] = fragment;
        }

        return starts[0] == 0 ? starts : null;
    }

    // JPEG and JPEG-LS start with FF D8, JPEG 2000 with FF 4F FF 51.
    private static int[]? FromCodestreams(IReadOnlyList<DicomFragment> fragments, int frames)
    {
        int[] starts =
        [
            .. Enumerable.Range(0, fragments.Count).Where(i => fragments[i].Bytes.Span is [0xFF, 0xD8, 0xFF, ..] or [0xFF, 0x4F, 0xFF, 0x51, ..]),
        ];
        return starts.Length == frames && starts[0] == 0 ? starts : null;
    }

    private static ReadOnlyMemory<byte> Join(IReadOnlyList<DicomFragment> fragments, int first, int end)
    {
        if (end - first == 1)
        {
            return fragments[first].Bytes;
        }

        int length = 0;
        for (int i = first; i < end; i++)
        {
            length += fragments[i].Bytes.Length;
        }

        // The fragments do not overlap in the file, so together they are shorter than it.
        byte[] joined = new byte[length];
        int position = 0;
        for (int i = first; i < end; i++)
        {
            fragments[i].Bytes.CopyTo(joined.AsMemory(position));
            position += fragments[i].Bytes.Length;
        }

        return joined;
    }
}
