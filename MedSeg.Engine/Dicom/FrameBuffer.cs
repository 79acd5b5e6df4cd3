namespace MedSeg.Dicom;

/// <summary>A reusable buffer for the values of one frame after another; not thread-safe.</summary>
internal sealed class FrameBuffer
{
    private float[]? _values;

    /// <summary>Returns memory for a frame; the last array is reused if it has the right length.</summary>
    /// <param name="count">The number of pixels.</param>
    /// <returns>An array of that length with arbitrary content.</returns>
    public float[] Take(int count) =>
        _values?.Length == count ? _values : _values = GC.AllocateUninitializedArray<float>(count);

    /// <summary>Gives up an array to its holder: the next frame gets a new one.</summary>
    /// <param name="values">The array; ignored if it is not from this buffer.</param>
    public void Leave(float[] values)
    {
        if (ReferenceEquals(values, _values))
        {
            _values = null;
        }
    }
}
