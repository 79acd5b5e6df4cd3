using MedSeg.Imaging;

namespace MedSeg.Inference;

/// <summary>Brings probabilities back to an image's own size, and only then decides for the most likely ROI.</summary>
internal static class ProbabilityResampler
{
    /// <summary>Resamples each channel as images are resampled, without the padding, and takes the greatest.</summary>
    /// <param name="probabilities">The probabilities, [C, S, S].</param>
    /// <param name="channels">The number C of channels, background first.</param>
    /// <param name="size">The side S.</param>
    /// <param name="mask">Receives the ROI numbers, [rows, columns]; of equal probabilities the lower number.</param>
    /// <param name="confidence">Receives the probability of the ROI that was taken, [rows, columns].</param>
    /// <param name="rows">The rows of the image at its own size.</param>
    /// <param name="columns">The columns of the image at its own size.</param>
    /// <param name="mode">How the image became square.</param>
    public static void Restore(ReadOnlySpan<float> probabilities, int channels, int size, Span<byte> mask, Span<float> confidence, int rows, int columns, ResizeMode mode)
    {
        var place = ResizeGeometry.Of(rows, columns, size, mode);
        var down = new ResizeWeights(place.Rows, rows);
        var across = new ResizeWeights(place.Columns, columns);
        confidence[..(rows * columns)].Fill(-1);
        float[] line = new float[place.Columns];
        for (int row = 0; row < rows; row++)
        {
            Span<byte> maskRow = mask.Slice(row * columns, columns);
            Span<float> best = confidence.Slice(row * columns, columns);
            ReadOnlySpan<float> weights = down.Of(row);
            for (int channel = 0; channel < channels; channel++)
            {
                int start = (channel * size * size) + ((place.Top + down.First(row)) * size) + place.Left;
                Combine(probabilities[start..], size, weights, line);
                TakeGreater(line, across, (byte)channel, maskRow, best);
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

    private static void TakeGreater(ReadOnlySpan<float> line, ResizeWeights across, byte channel, Span<byte> mask, Span<float> best)
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
