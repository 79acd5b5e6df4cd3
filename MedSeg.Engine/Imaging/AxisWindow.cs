namespace MedSeg.Imaging;

/// <summary>Consecutive pixels of an axis.</summary>
/// <param name="First">The index of the first pixel.</param>
/// <param name="Count">The number of pixels.</param>
internal readonly record struct AxisWindow(int First, int Count)
{
    /// <summary>Gets the index after that of the last pixel.</summary>
    public int End => First + Count;
}
