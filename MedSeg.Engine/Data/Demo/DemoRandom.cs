using System.Numerics;

namespace MedSeg.Data.Demo;

/// <summary>
/// A stream of random numbers (SplitMix64, Steele 2014) that is the same on every machine, because it only uses integer and exactly
/// rounded arithmetic.
/// </summary>
internal sealed class DemoRandom
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Initializes a new instance of the <see cref="DemoRandom"/> class.</summary>
    /// <param name="key">Numbers that identify the stream, for example seed, patient and slice.</param>
    public DemoRandom(params ReadOnlySpan<int> key)
    {
        foreach (int part in key)
        {
            _state = Mix(_state + Increment + (uint)part);
        }
    }

    /// <summary>Mixes the bits of a number.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>Returns the next 64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Increment);

    /// <summary>Returns a uniform number of at least <paramref name="minimum"/> and less than <paramref name="maximum"/>.</summary>
    public double Uniform(double minimum, double maximum) => minimum + ((maximum - minimum) * ((NextBits() >> 11) * (1.0 / (1L << 53))));

    /// <summary>Returns a number with mean 0 and variance 1, from −6 to 6 (the sum of twelve uniform numbers).</summary>
    public double Normal()
    {
        ulong sum = 0;
        for (int i = 0; i < 6; i++)
        {
            ulong bits = NextBits();
            sum += (bits >> 32) + (bits & uint.MaxValue);
        }

        return (sum * (1.0 / (1L << 32))) - 6;
    }

    /// <summary>Returns a direction: a point on the unit circle.</summary>
    public Complex Direction()
    {
        while (true)
        {
            double x = Uniform(-1, 1);
            double y = Uniform(-1, 1);
            double square = (x * x) + (y * y);
            if (square is > 0.01 and <= 1)
            {
                double length = Math.Sqrt(square);
                return new Complex(x / length, y / length);
            }
        }
    }
}
