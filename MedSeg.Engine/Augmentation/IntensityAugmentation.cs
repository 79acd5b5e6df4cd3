using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>Changes the intensities of a slice like different scanners and protocols; masks are not changed.</summary>
internal static class IntensityAugmentation
{
    /// <summary>Applies the drawn changes in this order: blur, noise, contrast, gamma, lower resolution.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="drawn">The drawn changes.</param>
    public static void Apply(Span<float> image, int size, in IntensityChanges drawn)
    {
        if (drawn.BlurSigma is { } sigma)
        {
            Blur(image, size, sigma);
        }

        if (drawn.NoiseShare is { } share)
        {
            SampleRandom numbers = drawn.NoiseNumbers;
            AddNoise(image, share, ref numbers);
        }

        if (drawn.Contrast is { } factor)
        {
            ChangeContrast(image, factor);
        }

        if (drawn.Gamma is { } gamma)
        {
            ChangeGamma(image, gamma);
        }

        if (drawn.Coarseness is { } coarseness)
        {
            Coarsen(image, size, coarseness);
        }
    }

    /// <summary>Returns the weights of a Gaussian blur along a line, [2 R + 1], whose sum is 1. R is 0 if there is no blur.</summary>
    /// <param name="sigma">The standard deviation, in pixels.</param>
    internal static float[] Kernel(double sigma)
    {
        int reach = (int)Math.Ceiling(3 * sigma);
        if (reach == 0)
        {
            return [1];
        }

        float[] kernel = new float[(2 * reach) + 1];
        double sum = 0;
        for (int i = -reach; i <= reach; i++)
        {
            kernel[i + reach] = (float)Math.Exp(-i * i / (2 * sigma * sigma));
            sum += kernel[i + reach];
        }

        for (int i = 0; i < kernel.Length; i++)
        {
            kernel[i] = (float)(kernel[i] / sum);
        }

        return kernel;
    }

    /// <summary>Returns the number of random numbers that <see cref="AddNoise"/> draws.</summary>
    /// <param name="pixels">The number of pixels of the slice.</param>
    internal static int NoiseDraws(int pixels) => (pixels + 1) / 2 * 2;

    /// <summary>Returns the number of pixels along a side at a lower resolution.</summary>
    /// <param name="size">The side S.</param>
    /// <param name="factor">The factor by which pixels become larger.</param>
    internal static int CoarseSize(int size, double factor) => Math.Max(1, (int)Math.Round(size / factor));

    /// <summary>Blurs with a Gaussian; values at the edge are repeated beyond it.</summary>
    internal static void Blur(Span<float> image, int size, double sigma)
    {
        float[] kernel = Kernel(sigma);
        if (kernel.Length == 1)
        {
            return;
        }

        float[] line = new float[size];
        for (int row = 0; row < size; row++)
        {
            BlurLine(image, row * size, 1, size, kernel, line);
        }

        for (int column = 0; column < size; column++)
        {
            BlurLine(image, column, size, size, kernel, line);
        }
    }

    /// <summary>Adds normal noise.</summary>
    /// <param name="image">The intensities.</param>
    /// <param name="share">The standard deviation of the noise, relative to that of the slice.</param>
    /// <param name="random">The sample's random numbers.</param>
    internal static void AddNoise(Span<float> image, double share, ref SampleRandom random)
    {
        double deviation = share * Spread(image).Deviation;
        for (int i = 0; i < image.Length; i += 2)
        {
            // Box and Muller (1958): two normal numbers from two uniform ones.
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.Next()));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * random.Next());
            image[i] += (float)(deviation * radius * cos);
            if (i + 1 < image.Length)
            {
                image[i + 1] += (float)(deviation * radius * sin);
            }
        }
    }

    /// <summary>Moves values away from or towards the mean, within their original range.</summary>
    internal static void ChangeContrast(Span<float> image, double factor)
    {
        (float low, float high) = Range(image);
        double mean = Spread(image).Mean;
        foreach (ref float value in image)
        {
            value = Math.Clamp((float)(mean + ((value - mean) * factor)), low, high);
        }
    }

    /// <summary>Raises values to a power within their range.</summary>
    internal static void ChangeGamma(Span<float> image, double gamma)
    {
        (float low, float high) = Range(image);
        float width = high - low;
        if (width <= 0)
        {
            return;
        }

        foreach (ref float value in image)
        {
            value = low + (width * MathF.Pow((value - low) / width, (float)gamma));
        }
    }

    /// <summary>Reduces the resolution: replaces the values within each larger pixel by their mean.</summary>
    internal static void Coarsen(Span<float> image, int size, double factor)
    {
        int coarse = CoarseSize(size, factor);
        if (coarse == size)
        {
            return;
        }

        float[] sums = new float[coarse * coarse];
        int[] counts = new int[coarse * coarse];
        for (int i = 0; i < image.Length; i++)
        {
            int cell = Cell(i, size, coarse);
            sums[cell] += image[i];
            counts[cell]++;
        }

        for (int i = 0; i < image.Length; i++)
        {
            int cell = Cell(i, size, coarse);
            image[i] = sums[cell] / counts[cell];
        }
    }

    private static int Cell(int index, int size, int coarse) => (index / size * coarse / size * coarse) + (index % size * coarse / size);

    private static void BlurLine(Span<float> image, int start, int step, int size, ReadOnlySpan<float> kernel, float[] line)
    {
        int reach = kernel.Length / 2;
        for (int i = 0; i < size; i++)
        {
            float sum = 0;
            for (int k = -reach; k <= reach; k++)
            {
                sum += kernel[k + reach] * image[start + (Math.Clamp(i + k, 0, size - 1) * step)];
            }

            line[i] = sum;
        }

        for (int i = 0; i < size; i++)
        {
            image[start + (i * step)] = line[i];
        }
    }

    private static (double Mean, double Deviation) Spread(ReadOnlySpan<float> image)
    {
        double sum = 0;
        double squares = 0;
        foreach (float value in image)
        {
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / image.Length;
        return (mean, Math.Sqrt(Math.Max(0, (squares / image.Length) - (mean * mean))));
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> image)
    {
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        foreach (float value in image)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return (low, high);
    }
}
