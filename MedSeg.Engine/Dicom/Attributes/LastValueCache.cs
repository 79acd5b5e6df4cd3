using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom.Attributes;

/// <summary>What was read of a data set, so that frames which share it read it once.</summary>
/// <typeparam name="T">What is read.</typeparam>
/// <param name="read">Reads it.</param>
internal sealed class LastValueCache<T>(Func<DicomDataset, T> read)
{
    private DicomDataset? _holder;
    private T? _value;

    /// <summary>Gives what a data set holds.</summary>
    /// <param name="holder">The data set.</param>
    /// <returns>What was read, now or for the frame before.</returns>
    public T Of(DicomDataset holder)
    {
        if (!ReferenceEquals(holder, _holder))
        {
            _value = read(holder);
            _holder = holder;
        }

        return _value!;
    }
}
