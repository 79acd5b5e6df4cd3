namespace MedSeg.Tensors;

/// <summary>
/// Random numbers that depend only on (seed, epoch, sample), so that threads, batch order and resuming do not change them
/// (SplitMix64; Steele, Lea and Flood 2014).
/// </summary>
internal struct SampleRandom
{
    private const ulong Step = 0x9e3779b97f4a7c15;
    private ulong _state;

    public SampleRandom(long seed, long epoch, long sample)
    {
        _state = Mix(Mix(Mix((ulong)seed) ^ (ulong)epoch) ^ (ulong)sample);
    }

    /// <summary>Returns the next number, at least 0 and below 1.</summary>
    public double Next()
    {
        _state += Step;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Returns the next number, at least <paramref name="low"/> and below <paramref name="high"/>.</summary>
    public double Next(double low, double high) => low + ((high - low) * Next());

    /// <summary>Skips numbers, as if they had been drawn.</summary>
    /// <param name="count">The number of numbers.</param>
    public void Skip(int count) => _state += Step * (ulong)count;

    /// <summary>Mixes the bits of a number.</summary>
    public static ulong Mix(ulong z)
    {
        z += Step;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
