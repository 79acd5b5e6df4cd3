using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A part of an <see cref="ImageArena"/>, which is free again when all who share it have released it.</summary>
internal sealed unsafe class ImageMemory
{
    private readonly ImageArena _arena;
    private readonly ImageArena.Chunk _chunk;
    private readonly long _offset;
    private readonly long _length;
    private int _users = 1;

    /// <summary>Initializes a new instance of the <see cref="ImageMemory"/> class, with one user.</summary>
    /// <param name="arena">The arena.</param>
    /// <param name="chunk">The block.</param>
    /// <param name="offset">The first value in the block.</param>
    /// <param name="length">The number of values.</param>
    public ImageMemory(ImageArena arena, ImageArena.Chunk chunk, long offset, long length)
    {
        (_arena, _chunk, _offset, _length) = (arena, chunk, offset, length);
        Start = chunk.Start + offset;
    }

    /// <summary>Gets a pointer to the first value of an arena of float32.</summary>
    public float* Start { get; }

    /// <summary>Adds a user.</summary>
    public ImageMemory Share()
    {
        _users++;
        return this;
    }

    /// <summary>Removes a user.</summary>
    public void Release()
    {
        if (--_users == 0)
        {
            _arena.Return(_chunk, _offset, _length);
        }
    }

    /// <summary>Returns a part as a tensor of torch, which is valid as long as the memory is in use.</summary>
    /// <param name="first">The first value.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="strides">The strides, in values.</param>
    public Tensor AsTensor(long first, long[] shape, long[] strides) => _chunk.Memory.as_strided(shape, strides, _offset + first);
}
