using System.Buffers;

namespace MedSeg.Files;

/// <summary>
/// The bytes of a file in an array that is used for one file after another: reading thousands of slices then makes no
/// garbage of their size.
/// </summary>
internal sealed class RentedContent : IDisposable
{
    // What is lent stays in memory for the next file; a file above this is rare, and let go of.
    private const int MostRented = 16 << 20;

    private byte[]? _bytes;
    private readonly bool _isRented;

    /// <summary>Initializes a new instance of the <see cref="RentedContent"/> class.</summary>
    /// <param name="length">The length of the file.</param>
    public RentedContent(int length)
    {
        Length = length;
        _isRented = length is > 0 and <= MostRented;
        _bytes = _isRented ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Gets the number of bytes of the file.</summary>
    public int Length { get; }

    /// <summary>Gets the array that begins with the file's bytes and may be longer.</summary>
    /// <exception cref="ObjectDisposedException">The array was given back.</exception>
    public byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(RentedContent));

    /// <summary>Gives the array back; nothing may refer to it from here on.</summary>
    public void Dispose()
    {
        byte[]? bytes = Interlocked.Exchange(ref _bytes, null);
        if (_isRented && bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
