namespace MedSeg.Network.Losses;

/// <summary>What the losses and the reported Dice scores take from the probabilities of an image or of a part of it: a few sums for each channel.</summary>
/// <param name="values">The sums, as many as <see cref="Length"/>; they are changed in place.</param>
/// <param name="channels">The number of channels, K + 1.</param>
internal readonly ref struct LossSums(Span<double> values, int channels)
{
    private readonly Span<double> _values = values;

    /// <summary>Gets Σpg of each channel.</summary>
    public Span<double> Overlaps => _values[..channels];

    /// <summary>Gets Σp² of each channel; that of the background is not computed.</summary>
    public Span<double> Squares => _values.Slice(channels, channels);

    /// <summary>Gets the number of labelled pixels of each channel.</summary>
    public Span<double> Areas => _values.Slice(2 * channels, channels);

    /// <summary>Gets the number of pixels of which each channel is the likeliest.</summary>
    public Span<double> Found => _values.Slice(3 * channels, channels);

    /// <summary>Gets the sum of the logarithms of the probabilities of the labels.</summary>
    public ref double Logarithms => ref _values[4 * channels];

    /// <summary>Gets the number of pixels that are not ignored.</summary>
    public ref double Known => ref _values[(4 * channels) + 1];

    /// <summary>Returns how many numbers the sums of an image take.</summary>
    /// <param name="channels">The number of channels, K + 1.</param>
    public static int Length(int channels) => (4 * channels) + 2;

    /// <summary>Adds the sums of another part of the image.</summary>
    /// <param name="part">The sums.</param>
    public void Add(LossSums part)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] += part._values[i];
        }
    }
}
