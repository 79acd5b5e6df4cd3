using MedSeg.Files.Safetensors;

namespace MedSeg.Interchange.PyTorch;

/// <summary>A tensor of a .pt file: a view into a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">The index of the first element.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Strides">The stride of each axis, in elements.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    private const int MaximumAxes = 8;

    /// <summary>Says whether all elements are within the storage, and are not more than it has.</summary>
    public bool IsWithinStorage()
    {
        if (Offset < 0 || Shape.Length != Strides.Length || Shape.Length > MaximumAxes || Shape.Concat(Strides).Any(number => number < 0))
        {
            return false;
        }

        if (Shape.Contains(0))
        {
            return true;
        }

        Int128 last = Offset;
        Int128 count = 1;
        for (int axis = 0; axis < Shape.Length; axis++)
        {
            if (Storage.Length < Shape[axis])
            {
                return false;
            }

            last += (Int128)(Shape[axis] - 1) * Strides[axis];
            count *= Shape[axis];
            if (last > long.MaxValue || count > Storage.Length)
            {
                return false;
            }
        }

        return last < Storage.Length;
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <param name="storage">The bytes of the storage, little-endian.</param>
    public SafetensorsTensor Gather(ReadOnlySpan<byte> storage)
    {
        int size = SafetensorsTensor.ElementSizes[Storage.ElementType];
        byte[] data = new byte[Shape.Contains(0) ? 0 : Shape.Aggregate(size, (product, length) => product * (int)length)];
        long[] index = new long[Shape.Length];
        long at = Offset;
        for (int target = 0; target < data.Length; target += size)
        {
            storage.Slice((int)at * size, size).CopyTo(data.AsSpan(target));
            at = Next(index, at);
        }

        return new SafetensorsTensor(Storage.ElementType, Shape, data);
    }

    private long Next(long[] index, long at)
    {
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            at += Strides[axis];
            if (++index[axis] < Shape[axis])
            {
                return at;
            }

            at -= Strides[axis] * Shape[axis];
            index[axis] = 0;
        }

        return at;
    }
}
