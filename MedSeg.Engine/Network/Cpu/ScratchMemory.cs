using System.Runtime.InteropServices;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Memory that the kernels use during a call, aligned to cache lines. It is kept from call to call, since new memory costs a page fault every 4 KiB; and
/// it is .NET's, since kept blocks between torch's tensors would fragment the memory that those share. There are never more blocks than were
/// in use at once.
/// </summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private const int Line = 64;
    private static readonly List<ScratchMemory> s_free = [];
    private float[] _values = [];
    private long _length;
    private bool _isOwn;

    private ScratchMemory()
    {
    }

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

    /// <summary>Allocates memory of just this length for values that are kept. Disposal frees it, since no other call needs so many blocks.</summary>
    /// <param name="length">The number of values.</param>
    public static ScratchMemory Own(long length)
    {
        var block = new ScratchMemory { _isOwn = true };
        block.Allocate(length);
        return block;
    }

    /// <summary>Frees all memory that is not in use, also torch's.</summary>
    public static void Release()
    {
        lock (s_free)
        {
            s_free.ForEach(block => block.Free());
            s_free.Clear();
        }

        TorchSettings.GiveMemoryBack();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOwn)
        {
            Free();
            return;
        }

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
        // Before the new array is allocated, so that the collector may reuse the old one's memory.
        Free();
        _values = GC.AllocateUninitializedArray<float>(checked((int)(length + (Line / sizeof(float)))), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);
        Start = (float*)((address + Line - 1) & -Line);
        _length = length;
    }

    private void Free()
    {
        Start = null;
        _values = [];
        _length = 0;
    }
}
