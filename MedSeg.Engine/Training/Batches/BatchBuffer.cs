using MedSeg.Data.Samples;

namespace MedSeg.Training.Batches;

/// <summary>The arrays of a batch, which a later one uses again: new ones in each step would make the garbage collector's heap grow.</summary>
internal sealed class BatchBuffer
{
    private float[] _images = [];
    private byte[] _labels = [];

    /// <summary>Returns the arrays, with undefined values; they may be longer than the batch.</summary>
    /// <param name="count">The number B of slices.</param>
    /// <param name="shape">The shape of a slice.</param>
    public (float[] Images, byte[] Labels) Take(int count, InputShape shape)
    {
        if (_images.Length < count * shape.Length)
        {
            _images = new float[count * shape.Length];
            _labels = new byte[count * shape.Plane];
        }

        return (_images, _labels);
    }
}
