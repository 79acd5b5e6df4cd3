using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom.Codecs.Rle;

/// <summary>Decodes RLE Lossless (DICOM PS3.5, annex G).</summary>
internal static class RleDecoder
{
    private const int HeaderLength = 64;
    private const int MaximumSegments = 15;

    // Two bytes encode at most 128.
    private const int MaximumRatio = 64;

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">The frame: a header of 64 bytes, then one segment for each byte of each sample.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>The samples, interleaved by pixel.</returns>
    public static int[] Decode(ReadOnlySpan<byte> frame, PixelDescription pixels, DicomSource source)
    {
        int segments = Check(frame, pixels, source);
        int[] samples = new int[pixels.Count];
        int length = pixels.Rows * pixels.Columns;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> plane = rented.AsSpan(0, length);
        for (int segment = 0; segment < segments; segment++)
        {
            DecodeSegment(frame, segment, segments, plane, source);

            // Sample by sample, and within each the most significant bytes first.
            int sample = segment / pixels.BytesPerSample;
            for (int i = 0, to = sample; i < plane.Length; i++, to += pixels.Samples)
            {
                samples[to] = (samples[to] << 8) | plane[i];
            }
        }

        ArrayPool<byte>.Shared.Return(rented);
        return samples;
    }

    /// <summary>Decodes one frame of one sample of 8 or 16 bits.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>An array of <see cref="ArrayPool{T}.Shared"/> that starts with the samples.</returns>
    public static ushort[] RentWords(ReadOnlySpan<byte> frame, PixelDescription pixels, DicomSource source)
    {
        int segments = Check(frame, pixels, source);
        ushort[] result = ArrayPool<ushort>.Shared.Rent(pixels.Count);
        Span<ushort> words = result.AsSpan(0, pixels.Count);
        byte[] rented = ArrayPool<byte>.Shared.Rent(segments * words.Length);
        for (int segment = 0; segment < segments; segment++)
        {
            DecodeSegment(frame, segment, segments, rented.AsSpan(segment * words.Length, words.Length), source);
        }

        Span<byte> high = rented.AsSpan(0, words.Length);
        if (segments == 1)
        {
            Join(default, high, words);
        }
        else
        {
            Join(high, rented.AsSpan(words.Length, words.Length), words);
        }

        ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    private static void Join(ReadOnlySpan<byte> high, ReadOnlySpan<byte> low, Span<ushort> words)
    {
        int done = 0;
        for (; done + Vector<byte>.Count <= low.Length; done += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(low[done..]), out Vector<ushort> first, out Vector<ushort> second);
            if (!high.IsEmpty)
            {
                Vector.Widen(new Vector<byte>(high[done..]), out Vector<ushort> firstHigh, out Vector<ushort> secondHigh);
                first |= Vector.ShiftLeft(firstHigh, 8);
                second |= Vector.ShiftLeft(secondHigh, 8);
            }

            first.CopyTo(words[done..]);
            second.CopyTo(words[(done + Vector<ushort>.Count)..]);
        }

        for (; done < words.Length; done++)
        {
            words[done] = (ushort)((high.IsEmpty ? 0 : high[done] << 8) | low[done]);
        }
    }

    private static int Check(ReadOnlySpan<byte> frame, PixelDescription pixels, DicomSource source)
    {
        if (frame.Length < HeaderLength)
        {
            throw source.Error(ErrorIds.DicomTruncated, "The RLE frame is shorter than its header of 64 bytes: the file is damaged.", DicomAdvice.Damaged);
        }

        uint segments = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        int expected = pixels.BytesPerSample * pixels.Samples;
        if (segments != expected || segments > MaximumSegments || pixels.BitsAllocated == 1)
        {
            throw source.Error(
                ErrorIds.DicomInvalid,
                $"The RLE frame has {segments} segments, but needs {expected}, one for each byte of a pixel: the file is damaged.",
                DicomAdvice.Damaged);
        }

        return (long)pixels.Count * pixels.BytesPerSample <= (long)frame.Length * MaximumRatio
            ? expected
            : throw source.Error(
                ErrorIds.DicomTruncated,
                $"The RLE frame has {frame.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns: the file is damaged.",
                DicomAdvice.Damaged);
    }

    private static void DecodeSegment(ReadOnlySpan<byte> frame, int segment, int count, Span<byte> plane, DicomSource source)
    {
        if (!DecodeSegment(Segment(frame, segment, count, source), plane))
        {
            throw source.Error(
                ErrorIds.DicomTruncated, $"Segment {segment + 1} of the RLE frame ends before the last pixel: the file is damaged.", DicomAdvice.Damaged);
        }
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> frame, int segment, int count, DicomSource source)
    {
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 + (4 * segment))..]);
        uint end = segment + 1 < count
            ? BinaryPrimitives.ReadUInt32LittleEndian(frame[(8 + (4 * segment))..])
            : (uint)frame.Length;
        if (start < HeaderLength || start > end || end > frame.Length)
        {
            throw source.Error(
                ErrorIds.DicomInvalid, $"Segment {segment + 1} of the RLE frame is outside of the frame: the file is damaged.", DicomAdvice.Damaged);
        }

        return frame[(int)start..(int)end];
    }

    private static bool DecodeSegment(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        int from = 0;
        int to = 0;
        while (to < target.Length)
        {
            if (from >= bytes.Length)
            {
                return false;
            }

            int control = (sbyte)bytes[from++];
            if (control == sbyte.MinValue)
            {
                continue;
            }

            // A run may reach beyond the last pixel; literal bytes must be there.
            int length = Math.Min(Math.Abs(control) + 1, target.Length - to);
            int taken = control < 0 ? 1 : length;
            if (from + taken > bytes.Length)
            {
                return false;
            }

            if (control < 0)
            {
                target.Slice(to, length).Fill(bytes[from]);
            }
            else
            {
                bytes.Slice(from, length).CopyTo(target[to..]);
            }

            from += control < 0 ? 1 : control + 1;
            to += length;
        }

        return true;
    }
}
