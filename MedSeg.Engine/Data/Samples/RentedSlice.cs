namespace MedSeg.Data.Samples;

/// <summary>The pixels of a sample in memory, until they are disposed of.</summary>
/// <param name="image">The normalised intensities, [C, S, S].</param>
/// <param name="roi">The ROI numbers, [S, S].</param>
/// <param name="onDispose">Receives the arrays on disposal, to be reused; may be null.</param>
internal sealed class RentedSlice(float[] image, byte[] roi, Action<float[], byte[]>? onDispose = null) : IDisposable
{
    private Action<float[], byte[]>? _onDispose = onDispose;

    /// <summary>Gets the normalised intensities, [C, S, S]; do not change them, and do not read them after disposal.</summary>
    public float[] Image { get; } = image;

    /// <summary>Gets the ROI numbers, [S, S]; do not change them, and do not read them after disposal.</summary>
    public byte[] Roi { get; } = roi;

    /// <summary>Returns the intensities of the first channel, [S, S], which is the one that pictures show and that inspection compares.</summary>
    public float[] FirstChannel() => Image.Length == Roi.Length ? Image : Image[..Roi.Length];

    /// <summary>Returns the arrays for reuse.</summary>
    public void Dispose() => Interlocked.Exchange(ref _onDispose, null)?.Invoke(Image, Roi);
}
