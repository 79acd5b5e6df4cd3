using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MedSeg.Dicom.Attributes;

namespace MedSeg.Dicom;

/// <summary>Unpacks uncompressed frames (DICOM PS3.5, 8.1 and 8.2; PS3.3, C.7.6.3.1).</summary>
internal static class NativeFrameDecoder
{
    /// <summary>Unpacks one frame of integers.</summary>
    /// <param name="bytes">All pixel data, at least up to the end of the frame.</param>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="bigEndian">Whether numbers are big-endian.</param>
    /// <returns>The samples, interleaved by pixel, with all their bits.</returns>
    public static int[] Decode(ReadOnlySpan<byte> bytes, int frame, PixelDescription pixels, bool bigEndian)
    {
        if (pixels.BitsAllocated == 1)
        {
            return UnpackBits(bytes, (long)frame * pixels.Count, pixels.Count);
        }

        int length = (int)(pixels.FrameBits / 8);
        int[] samples = Widen(bytes.Slice(frame * length, length), pixels.BitsAllocated, bigEndian);
        if (pixels.Photometric == Photometric.YbrFull422)
        {
            return SpreadColorDifferences(samples, pixels);
        }

        return pixels.IsPlanar ? Interleave(samples, pixels) : samples;
    }

    /// <summary>Unpacks one frame of floating-point numbers.</summary>
    /// <param name="bytes">All pixel data, at least up to the end of the frame.</param>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="bigEndian">Whether numbers are big-endian.</param>
    /// <returns>The values.</returns>
    public static double[] DecodeFloats(ReadOnlySpan<byte> bytes, int frame, PixelDescription pixels, bool bigEndian)
    {
        int width = pixels.BytesPerSample;
        double[] values = new double[pixels.Count];
        ReadOnlySpan<byte> own = bytes.Slice(frame * values.Length * width, values.Length * width);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = own.Slice(i * width, width);
            values[i] = (pixels.Format, bigEndian) switch
            {
                (PixelFormat.Single, false) => BinaryPrimitives.ReadSingleLittleEndian(value),
                (PixelFormat.Single, true) => BinaryPrimitives.ReadSingleBigEndian(value),
                (_, false) => BinaryPrimitives.ReadDoubleLittleEndian(value),
                (_, true) => BinaryPrimitives.ReadDoubleBigEndian(value),
            };
        }

        return values;
    }

    // Frames are packed without padding to whole bytes.
    private static int[] UnpackBits(ReadOnlySpan<byte> bytes, long first, int count)
    {
        int[] samples = new int[count];
        for (int i = 0; i < count; i++)
        {
            long bit = first + i;
            samples[i] = (bytes[(int)(bit >> 3)] >> (int)(bit & 7)) & 1;
        }

        return samples;
    }

    private static int[] Widen(ReadOnlySpan<byte> bytes, int bits, bool bigEndian)
    {
        int[] samples = new int[bytes.Length / (bits / 8)];
        switch (bits)
        {
            case 8:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = bytes[i];
                }

                break;
            case 16:
                ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
                bool isSwapped = bigEndian == BitConverter.IsLittleEndian;
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = isSwapped ? BinaryPrimitives.ReverseEndianness(words[i]) : words[i];
                }

                break;
            default:
                for (int i = 0; i < samples.Length; i++)
                {
                    ReadOnlySpan<byte> sample = bytes.Slice(4 * i, 4);
                    samples[i] = bigEndian ? BinaryPrimitives.ReadInt32BigEndian(sample) : BinaryPrimitives.ReadInt32LittleEndian(sample);
                }

                break;
        }

        return samples;
    }

    // Y1 Y2 Cb Cr are two pixels of a row (PS3.3, C.7.6.3.1.2).
    private static int[] SpreadColorDifferences(int[] packed, PixelDescription pixels)
    {
        const int GroupLength = 4;
        int[] samples = new int[pixels.Count];
        for (int pixel = 0; pixel < pixels.Rows * pixels.Columns; pixel++)
        {
            int group = pixel / 2 * GroupLength;
            samples[3 * pixel] = packed[group + (pixel & 1)];
            samples[(3 * pixel) + 1] = packed[group + 2];
            samples[(3 * pixel) + 2] = packed[group + 3];
        }

        return samples;
    }

    private static int[] Interleave(int[] planes, PixelDescription pixels)
    {
        int plane = pixels.Rows * pixels.Columns;
        int[] samples = new int[planes.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = planes[(i % pixels.Samples * plane) + (i / pixels.Samples)];
        }

        return samples;
    }
}
