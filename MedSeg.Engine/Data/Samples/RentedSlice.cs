namespace MedSeg.Data.Samples;

/// <summary>The pixels of a sample in memory, for a while.</summary>
/// <param name="image">The normalised intensities.</param>
/// <param name="roi">The ROI numbers.</param>
/// <param name="giveBack">Is given the arrays when the lease ends, where they are to be used again.</param>
internal sealed class RentedSlice(float[] image, byte[] roi, Action<float[], byte[]>? giveBack = null) : IDisposable
{
    private Action<float[], byte[]>? _giveBack = giveBack;

    /// <summary>Gets the normalised intensities, [S, S]; not to be changed, and not to be read after the lease.</summary>
    public float[] Image { get; } = image;

    /// <summary>Gets the ROI numbers, [S, S]; not to be changed, and not to be read after the lease.</summary>
    public byte[] Roi { get; } = roi;

    /// <summary>Ends the lease.</summary>
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke(Image, Roi);
}
