namespace MedSeg.Imaging;

/// <summary>Resizes probabilities to the image's own size, and then picks the most likely ROI of each pixel.</summary>
internal static class ProbabilityResampler
{
    /// <summary>Resamples each channel, without the padding, and picks the largest probability.</summary>
    /// <param name="probabilities">The probabilities, [C, S, S].</param>
    /// <param name="channels">The number C of channels, background first.</param>
    /// <param name="geometry">How the image was resized to the square.</param>
    /// <param name="resampling">
    /// How the labels were resized that the network learned from. What <see cref="LabelResampling.Nearest"/> shifted is moved back, on the
    /// assumption that those images had the size of this one.
    /// </param>
    /// <param name="mask">Receives the ROI numbers, [rows, columns]; the lower number at equal probabilities.</param>
    /// <param name="confidence">
    /// Receives the probability of that ROI, [rows, columns]. Pixels that were cropped, so that the network never saw them, are
    /// background with confidence 0.
    /// </param>
    /// <param name="visit">Receives the probabilities of each row that the network saw, and its mask; or null.</param>
    public static void Restore(
        ReadOnlySpan<float> probabilities, int channels, ResizeGeometry geometry, LabelResampling resampling, Span<byte> mask, Span<float> confidence, ProbabilityRow? visit = null)
    {
        (int rows, int columns, int size) = (geometry.SourceRows, geometry.SourceColumns, geometry.Size);
        AxisWindow seenRows = geometry.VisibleRows;
        AxisWindow seenColumns = geometry.VisibleColumns;
        bool isShifted = resampling == LabelResampling.Nearest;
        var down = new ResizeWeights(geometry.Rows, rows, seenRows, isShifted ? LabelResizer.ShiftOfNearest(rows, geometry.Rows) : 0);
        var across = new ResizeWeights(geometry.Columns, columns, seenColumns, isShifted ? LabelResizer.ShiftOfNearest(columns, geometry.Columns) : 0);
        mask[..(rows * columns)].Clear();
        confidence[..(rows * columns)].Clear();
        int corner = (Math.Max(0, geometry.Top) * size) + Math.Max(0, geometry.Left);
        float[] line = new float[seenColumns.Count];
        float[] all = visit is null ? [] : new float[channels * columns];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> weights = down.Of(row);
            for (int channel = 0; channel < channels && weights.Length > 0; channel++)
            {
                int start = (channel * size * size) + corner + ((down.First(row) - seenRows.First) * size);
                Combine(probabilities[start..], size, weights, line);
                KeepLarger(line, across, seenColumns.First, (byte)channel, mask.Slice(row * columns, columns), confidence.Slice(row * columns, columns), all.AsSpan(visit is null ? 0 : channel * columns));
            }

            if (weights.Length > 0)
            {
                visit?.Invoke(row, all, mask.Slice(row * columns, columns), confidence.Slice(row * columns, columns));
            }
        }
    }

    private static void Combine(ReadOnlySpan<float> lines, int stride, ReadOnlySpan<float> weights, Span<float> sum)
    {
        sum.Clear();
        for (int i = 0; i < weights.Length; i++)
        {
            ReadOnlySpan<float> line = lines.Slice(i * stride, sum.Length);
            float weight = weights[i];
            for (int x = 0; x < sum.Length; x++)
            {
                sum[x] += weight * line[x];
            }
        }
    }

    private static void KeepLarger(ReadOnlySpan<float> line, ResizeWeights across, int seen, byte channel, Span<byte> mask, Span<float> best, Span<float> values)
    {
        for (int x = 0; x < best.Length; x++)
        {
            ReadOnlySpan<float> weights = across.Of(x);
            if (weights.Length == 0)
            {
                continue;
            }

            ReadOnlySpan<float> source = line.Slice(across.First(x) - seen, weights.Length);
            float value = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                value += weights[i] * source[i];
            }

            if (!values.IsEmpty)
            {
                values[x] = value;
            }

            if (value > best[x])
            {
                best[x] = value;
                mask[x] = channel;
            }
        }
    }
}
