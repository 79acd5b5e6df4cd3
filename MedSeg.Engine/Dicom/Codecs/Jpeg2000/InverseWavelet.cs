using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The inverse discrete wavelet transform (T.800, F.3): combines the four subbands of a level, first along rows, then
/// along columns. Low- and high-frequency samples of a row stay separate until lifting is done, so that each step works on
/// spans. Columns are lifted as soon as the rows that they need are there, while these are in the CPU's cache.
/// </summary>
/// <typeparam name="T">The type of samples, of 32 bits.</typeparam>
/// <typeparam name="TLifting">The lifting steps.</typeparam>
internal static class InverseWavelet<T, TLifting>
    where T : unmanaged
    where TLifting : struct, ILifting<T>
{
    /// <summary>Transforms a level.</summary>
    /// <param name="area">The area of the resulting resolution.</param>
    /// <param name="ll">The resolution below, row by row.</param>
    /// <param name="hl">The band of horizontal high frequencies.</param>
    /// <param name="lh">The band of vertical high frequencies.</param>
    /// <param name="hh">The band of high frequencies in both directions.</param>
    /// <returns>The samples row by row, at the start of an array of <see cref="ArrayPool{T}.Shared"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T[] Synthesize(Area area, T[] ll, T[] hl, T[] lh, T[] hh)
    {
        if (area.IsEmpty)
        {
            return [];
        }

        int width = area.Width;
        int startX = area.X0 & 1;
        int startY = area.Y0 & 1;
        int lowWidth = (width + 1 - startX) / 2;
        T[] lineMemory = ArrayPool<T>.Shared.Rent(width);
        Span<T> line = lineMemory.AsSpan(0, width);
        T[] samples = ArrayPool<T>.Shared.Rent(width * area.Height);
        for (int y = 0; y < area.Height; y++)
        {
            // Even rows and columns have low frequencies.
            bool isLow = ((y + startY) & 1) == 0;
            Span<T> result = samples.AsSpan(y * width, width);
            JoinHalves(isLow ? ll : lh, isLow ? hl : hh, y / 2, line, lowWidth);
            SynthesizeRow(line, result, lowWidth, startX);
            if (area.Height > 1)
            {
                TLifting.Scale(result, isLow);
                LiftRows(samples, width, area.Height, startY, y);
            }
            else if (!isLow)
            {
                TLifting.Halve(result);
            }
        }

        for (int y = area.Height; area.Height > 1 && y < area.Height + TLifting.StepCount; y++)
        {
            LiftRows(samples, width, area.Height, startY, y);
        }

        ArrayPool<T>.Shared.Return(lineMemory);
        return samples;
    }

    private static void JoinHalves(T[] low, T[] high, int row, Span<T> line, int lowWidth)
    {
        int highWidth = line.Length - lowWidth;
        low.AsSpan(row * lowWidth, lowWidth).CopyTo(line);
        high.AsSpan(row * highWidth, highWidth).CopyTo(line[lowWidth..]);
    }

    /// <summary>Transforms a row.</summary>
    /// <param name="line">The low-frequency samples, then the others.</param>
    /// <param name="result">Receives the row.</param>
    /// <param name="lowCount">The number of low-frequency samples.</param>
    /// <param name="start">1 if the row starts with a high-frequency sample, otherwise 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SynthesizeRow(Span<T> line, Span<T> result, int lowCount, int start)
    {
        Span<T> low = line[..lowCount];
        Span<T> high = line[lowCount..];
        if (line.Length == 1)
        {
            TLifting.Halve(high);
            line.CopyTo(result);
            return;
        }

        TLifting.Scale(low, isLow: true);
        TLifting.Scale(high, isLow: false);
        for (int step = 0; step < TLifting.StepCount; step++)
        {
            bool isLow = (step & 1) == 0;
            Lift(step, isLow ? low : high, isLow ? high : low, FirstNeighbour(isLow, start));
        }

        Interleave(start == 0 ? low : high, start == 0 ? high : low, result);
    }

    /// <summary>Interleaves samples.</summary>
    /// <param name="first">The samples with even indices.</param>
    /// <param name="second">The others, as many or one less.</param>
    /// <param name="result">Receives all samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(ReadOnlySpan<T> first, ReadOnlySpan<T> second, Span<T> result)
    {
        // Two samples are the halves of a number of 64 bits.
        ReadOnlySpan<Vector<uint>> lower = MemoryMarshal.Cast<T, Vector<uint>>(first[..second.Length]);
        ReadOnlySpan<Vector<uint>> upper = MemoryMarshal.Cast<T, Vector<uint>>(second)[..lower.Length];
        Span<Vector<ulong>> pairs = MemoryMarshal.Cast<T, Vector<ulong>>(result)[..(2 * lower.Length)];
        for (int i = 0; BitConverter.IsLittleEndian && i < lower.Length; i++)
        {
            Vector.Widen(lower[i], out Vector<ulong> lower0, out Vector<ulong> lower1);
            Vector.Widen(upper[i], out Vector<ulong> upper0, out Vector<ulong> upper1);
            pairs[2 * i] = lower0 | (upper0 << 32);
            pairs[(2 * i) + 1] = lower1 | (upper1 << 32);
        }

        for (int i = BitConverter.IsLittleEndian ? lower.Length * Vector<uint>.Count : 0; i < second.Length; i++)
        {
            result[2 * i] = first[i];
            result[(2 * i) + 1] = second[i];
        }

        if (first.Length > second.Length)
        {
            result[^1] = first[^1];
        }
    }

    /// <summary>Gets the index of the neighbour before the first sample: 0, or -1, which is outside of the line and mirrored.</summary>
    private static int FirstNeighbour(bool isLow, int start) => isLow ? start - 1 : -start;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lift(int step, Span<T> target, ReadOnlySpan<T> source, int firstNeighbour)
    {
        // The neighbours of sample i are first + i and first + i + 1. Outside, the line is mirrored: the nearest one counts twice.
        int begin = -firstNeighbour;
        int count = Math.Max(0, Math.Min(target.Length - begin, source.Length - 1));
        if (begin == 1)
        {
            TLifting.Lift(step, target[..1], source[..1], source[..1]);
        }

        if (count > 0)
        {
            TLifting.Lift(step, target.Slice(begin, count), source[..count], source.Slice(1, count));
        }

        if (begin + count < target.Length)
        {
            TLifting.Lift(step, target[^1..], source[^1..], source[^1..]);
        }
    }

    /// <summary>Applies the steps along columns that the arrival of a row allows: the first to the row before it, and so on upwards.</summary>
    /// <param name="samples">The rows.</param>
    /// <param name="width">Their length.</param>
    /// <param name="height">Their number, at least 2.</param>
    /// <param name="start">1 if the first row has high frequencies, otherwise 0.</param>
    /// <param name="arrived">The row; rows after the last one stand for what follows it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LiftRows(T[] samples, int width, int height, int start, int arrived)
    {
        // The first step is for rows of low frequencies, the second for the others, and so on.
        if (((arrived - 1 + start) & 1) != 0)
        {
            return;
        }

        for (int step = 0; step < TLifting.StepCount; step++)
        {
            int y = arrived - 1 - step;
            if (y < 0 || y >= height)
            {
                continue;
            }

            // Rows of one kind are changed by the rows before and after them; rows outside are mirrored.
            int before = y > 0 ? y - 1 : y + 1;
            int after = y + 1 < height ? y + 1 : y - 1;
            TLifting.Lift(
                step, samples.AsSpan(y * width, width), samples.AsSpan(before * width, width), samples.AsSpan(after * width, width));
        }
    }
}
