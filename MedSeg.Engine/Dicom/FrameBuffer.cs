namespace MedSeg.Dicom;

/// <summary>Memory for the values of one frame after another; one thread at a time may use it.</summary>
internal sealed class FrameBuffer
{
    private float[]? _values;

    /// <summary>Gives memory for a frame; it is the same as before where the number of pixels is.</summary>
    /// <param name="count">The number of pixels.</param>
    /// <returns>An array of that length with anything in it.</returns>
    public float[] Take(int count) =>
        _values?.Length == count ? _values : _values = GC.AllocateUninitializedArray<float>(count);

    /// <summary>Leaves an array to whoever holds it: the next frame gets another.</summary>
    /// <param name="values">The array, from here or not.</param>
    public void Leave(float[] values)
    {
        if (ReferenceEquals(values, _values))
        {
            _values = null;
        }
    }
}
