using System.Runtime.InteropServices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Memory that the kernels use during a call, aligned to pages. It is kept from call to call, since new memory costs a page fault every 4 KiB. There
/// are never more blocks than were in use at once.
/// </summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private const int Alignment = 4096;
    private static readonly List<ScratchMemory> s_free = [];
    private static long s_bytes;
    private long _length;

    private ScratchMemory()
    {
    }

    /// <summary>Gets the number of bytes of all blocks, free or in use.</summary>
    public static long TotalBytes => Interlocked.Read(ref s_bytes);

    /// <summary>Gets a pointer to the first value, which is undefined; it is valid until disposal.</summary>
    public float* Start { get; private set; }

    /// <summary>Borrows memory. Disposal returns it.</summary>
    /// <param name="length">The number of values.</param>
    public static ScratchMemory Rent(long length)
    {
        ScratchMemory block = Take(length) ?? new ScratchMemory();
        if (block._length < length)
        {
            block.Allocate(length);
        }

        return block;
    }

    /// <summary>Frees all memory that is not in use.</summary>
    public static void Release()
    {
        lock (s_free)
        {
            s_free.ForEach(block => block.Free());
            s_free.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_free)
        {
            s_free.Add(this);
        }
    }

    // The smallest block that is large enough; otherwise the largest, which then grows.
    private static ScratchMemory? Take(long length)
    {
        lock (s_free)
        {
            ScratchMemory? best = s_free.Where(block => block._length >= length).MinBy(block => block._length) ?? s_free.MaxBy(block => block._length);
            if (best is not null)
            {
                s_free.Remove(best);
            }

            return best;
        }
    }

    private void Allocate(long length)
    {
        Free();
        Start = (float*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), Alignment);
        _length = length;
        Interlocked.Add(ref s_bytes, length * sizeof(float));
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Start);
        Interlocked.Add(ref s_bytes, -_length * sizeof(float));
        Start = null;
        _length = 0;
    }
}
