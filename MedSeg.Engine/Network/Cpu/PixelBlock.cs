namespace MedSeg.Network.Cpu;

/// <summary>Consecutive pixels of an image without gaps, as float32: the image's own memory, or a copy of bfloat16 values in the cache.</summary>
internal readonly unsafe struct PixelBlock : IDisposable
{
    private readonly ScratchMemory? _copy;
    private readonly byte* _start;
    private readonly int _values;

    /// <summary>Initializes a new instance of the <see cref="PixelBlock"/> struct.</summary>
    /// <param name="image">The image, dense.</param>
    /// <param name="first">The index of the first pixel.</param>
    /// <param name="count">The number of pixels.</param>
    /// <param name="isRead">Whether the values are read; otherwise they are undefined.</param>
    public PixelBlock(ChannelsLastView image, long first, int count, bool isRead = true)
    {
        _values = count * image.Channels;
        _start = image.Bytes + (first * image.Channels * image.ValueSize);
        _copy = image.IsNarrow ? ScratchMemory.Rent(_values) : null;
        if (_copy is not null && isRead)
        {
            BFloat16Format.Read(_start, new Span<float>(_copy.Start, _values));
        }
    }

    /// <summary>Gets the values, which may be changed; then <see cref="Write"/> must follow.</summary>
    public float* Start => _copy is null ? (float*)_start : _copy.Start;

    /// <summary>Writes changed values to the image.</summary>
    public void Write()
    {
        if (_copy is not null)
        {
            BFloat16Format.Write(new Span<float>(_copy.Start, _values), _start);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _copy?.Dispose();
}
