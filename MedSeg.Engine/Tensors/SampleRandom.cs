namespace MedSeg.Tensors;

/// <summary>
/// Random numbers that depend on (seed, epoch, sample) alone, so that threads, batch order and resuming change nothing
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

    /// <summary>Gives the next number, at least 0 and below 1.</summary>
    public double Next()
    {
        _state += Step;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Gives a number between two bounds.</summary>
    public double Next(double low, double high) => low + ((high - low) * Next());

    /// <summary>Passes over numbers, as if they had been drawn.</summary>
    /// <param name="count">How many.</param>
    public void Skip(int count) => _state += Step * (ulong)count;

    /// <summary>Mixes a number's bits.</summary>
    public static ulong Mix(ulong z)
    {
        z += Step;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
