using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Network.Cpu;

/// <summary>Mean and sum of squares of the channels of a few pixels.</summary>
internal static unsafe class ChannelMoments
{
    /// <summary>Computes the mean of each channel, and the sum of squares around it.</summary>
    /// <param name="x">The first pixel; pixels follow each other without gaps.</param>
    /// <param name="channels">The number C of channels.</param>
    /// <param name="count">The number of pixels, at least one.</param>
    /// <param name="moments">Receives the means, then the sums, [2, C].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* x, int channels, int count, Span<float> moments)
    {
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            // Differences from the first value: their sum is smaller, and so is its error.
            Vector<float> mean = Vector.Load(x + c);
            Vector<float> rest = Vector<float>.Zero;
            for (int pixel = 0; pixel < count; pixel++)
            {
                rest += Vector.Load(x + ((long)pixel * channels) + c) - mean;
            }

            mean += rest / new Vector<float>(count);
            Vector<float> squares = Vector<float>.Zero;
            for (int pixel = 0; pixel < count; pixel++)
            {
                Vector<float> apart = Vector.Load(x + ((long)pixel * channels) + c) - mean;
                squares += apart * apart;
            }

            mean.CopyTo(moments[c..]);
            squares.CopyTo(moments[(channels + c)..]);
        }

        for (; c < channels; c++)
        {
            float mean = x[c];
            float rest = 0;
            for (int pixel = 0; pixel < count; pixel++)
            {
                rest += x[((long)pixel * channels) + c] - mean;
            }

            mean += rest / count;
            float squares = 0;
            for (int pixel = 0; pixel < count; pixel++)
            {
                float apart = x[((long)pixel * channels) + c] - mean;
                squares += apart * apart;
            }

            (moments[c], moments[channels + c]) = (mean, squares);
        }
    }
}
