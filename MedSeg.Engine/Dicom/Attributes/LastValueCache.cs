using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom.Attributes;

/// <summary>Caches the last value read from a data set, so that frames that share the data set read it only once.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="read">Reads the value.</param>
internal sealed class LastValueCache<T>(Func<DicomDataset, T> read)
{
    private DicomDataset? _holder;
    private T? _value;

    /// <summary>Returns the value of a data set.</summary>
    /// <param name="holder">The data set.</param>
    /// <returns>The value, from the cache if the data set is that of the last call.</returns>
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
