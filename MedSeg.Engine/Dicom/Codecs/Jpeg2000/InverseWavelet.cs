namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The inverse discrete wavelet transform (T.800, F.3): combines the four subbands of a level, first along rows, then
/// along columns. Low- and high-frequency samples stay separate until lifting is done, so that each step works on spans.
/// </summary>
/// <typeparam name="T">The type of samples.</typeparam>
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
    /// <returns>The samples row by row.</returns>
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
        int highWidth = width - lowWidth;
        T[] line = new T[width];
        T[] samples = GC.AllocateUninitializedArray<T>(width * area.Height);
        for (int y = 0; y < area.Height; y++)
        {
            // Even rows and columns have low frequencies.
            bool isLow = ((y + startY) & 1) == 0;
            int row = y / 2;
            (isLow ? ll : lh).AsSpan(row * lowWidth, lowWidth).CopyTo(line);
            (isLow ? hl : hh).AsSpan(row * highWidth, highWidth).CopyTo(line.AsSpan(lowWidth));
            SynthesizeRow(line, samples.AsSpan(y * width, width), lowWidth, startX);
        }

        SynthesizeColumns(samples, width, area.Height, startY);
        return samples;
    }

    /// <summary>Transforms a row.</summary>
    /// <param name="line">The low-frequency samples, then the others.</param>
    /// <param name="result">Receives the row.</param>
    /// <param name="lowCount">The number of low-frequency samples.</param>
    /// <param name="start">1 if the row starts with a high-frequency sample, otherwise 0.</param>
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

        for (int i = 0; i < low.Length; i++)
        {
            result[(2 * i) + start] = low[i];
        }

        for (int i = 0; i < high.Length; i++)
        {
            result[(2 * i) + 1 - start] = high[i];
        }
    }

    /// <summary>Gets the index of the neighbour before the first sample: 0, or -1, which is outside of the line and mirrored.</summary>
    private static int FirstNeighbour(bool isLow, int start) => isLow ? start - 1 : -start;

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

    private static void SynthesizeColumns(T[] samples, int width, int height, int start)
    {
        if (height == 1)
        {
            if (start == 1)
            {
                TLifting.Halve(samples);
            }

            return;
        }

        for (int y = 0; y < height; y++)
        {
            TLifting.Scale(samples.AsSpan(y * width, width), ((y + start) & 1) == 0);
        }

        for (int step = 0; step < TLifting.StepCount; step++)
        {
            // Rows of one kind are changed by the rows before and after them; rows outside are mirrored.
            int first = (step & 1) == 0 ? start : 1 - start;
            for (int y = first; y < height; y += 2)
            {
                int before = y > 0 ? y - 1 : y + 1;
                int after = y + 1 < height ? y + 1 : y - 1;
                TLifting.Lift(
                    step, samples.AsSpan(y * width, width), samples.AsSpan(before * width, width), samples.AsSpan(after * width, width));
            }
        }
    }
}
