using System.Buffers;

namespace MedSeg.Files;

/// <summary>
/// The bytes of a file in a pooled array, so that reading thousands of slices does not allocate memory for each.
/// </summary>
internal sealed class RentedContent : IDisposable
{
    // The pool keeps arrays in memory. Larger files are rare, so their memory is left to the garbage collector.
    private const int MostRented = 16 << 20;

    private byte[]? _bytes;
    private readonly bool _isRented;

    /// <summary>Initializes a new instance of the <see cref="RentedContent"/> class.</summary>
    /// <param name="length">The length of the file, in bytes.</param>
    public RentedContent(int length)
    {
        Length = length;
        _isRented = length is > 0 and <= MostRented;
        _bytes = _isRented ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Gets the number of bytes of the file.</summary>
    public int Length { get; }

    /// <summary>Gets the array that starts with the file's bytes and may be longer.</summary>
    /// <exception cref="ObjectDisposedException">The array was returned to the pool.</exception>
    public byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(RentedContent));

    /// <summary>Returns the array to the pool; nothing may use it afterwards.</summary>
    public void Dispose()
    {
        byte[]? bytes = Interlocked.Exchange(ref _bytes, null);
        if (_isRented && bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
