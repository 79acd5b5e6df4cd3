using MedSeg.Imaging;

namespace MedSeg.Inference;

/// <summary>Resizes probabilities to the image's own size, and then picks the most likely ROI of each pixel.</summary>
internal static class ProbabilityResampler
{
    /// <summary>Resamples each channel, without the padding, and picks the largest probability.</summary>
    /// <param name="probabilities">The probabilities, [C, S, S].</param>
    /// <param name="channels">The number C of channels, background first.</param>
    /// <param name="size">The side S.</param>
    /// <param name="mask">Receives the ROI numbers, [rows, columns]; the lower number at equal probabilities.</param>
    /// <param name="confidence">Receives the probability of that ROI, [rows, columns].</param>
    /// <param name="rows">The rows of the image itself.</param>
    /// <param name="columns">The columns of the image itself.</param>
    /// <param name="mode">How the image was resized to a square.</param>
    public static void Restore(ReadOnlySpan<float> probabilities, int channels, int size, Span<byte> mask, Span<float> confidence, int rows, int columns, ResizeMode mode)
    {
        var geometry = ResizeGeometry.Of(rows, columns, size, mode);
        var down = new ResizeWeights(geometry.Rows, rows);
        var across = new ResizeWeights(geometry.Columns, columns);
        confidence[..(rows * columns)].Fill(-1);
        float[] line = new float[geometry.Columns];
        for (int row = 0; row < rows; row++)
        {
            Span<byte> maskRow = mask.Slice(row * columns, columns);
            Span<float> best = confidence.Slice(row * columns, columns);
            ReadOnlySpan<float> weights = down.Of(row);
            for (int channel = 0; channel < channels; channel++)
            {
                int start = (channel * size * size) + ((geometry.Top + down.First(row)) * size) + geometry.Left;
                Combine(probabilities[start..], size, weights, line);
                KeepLarger(line, across, (byte)channel, maskRow, best);
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

    private static void KeepLarger(ReadOnlySpan<float> line, ResizeWeights across, byte channel, Span<byte> mask, Span<float> best)
    {
        for (int x = 0; x < best.Length; x++)
        {
            ReadOnlySpan<float> weights = across.Of(x);
            ReadOnlySpan<float> source = line.Slice(across.First(x), weights.Length);
            float value = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                value += weights[i] * source[i];
            }

            if (value > best[x])
            {
                best[x] = value;
                mask[x] = channel;
            }
        }
    }
}
