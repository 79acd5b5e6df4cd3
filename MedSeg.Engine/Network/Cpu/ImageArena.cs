using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The memory of the images of a network. Each step uses the same sizes in the same order, so from the second one on it finds all of its memory
/// here, in the same places: the peak is the same in each step and each run, on every allocator.
/// </summary>
/// <param name="type">The type of the values: float32 or bfloat16.</param>
internal sealed unsafe class ImageArena(ScalarType type = ScalarType.Float32) : IDisposable
{
    // Values of a chunk: 16 MiB at first, then four times what there is, up to 256 MiB; or one image if that is larger. Large chunks leave fewer gaps, and what was
    // never used of a chunk takes no physical memory.
    private const long ChunkLength = 1 << 22;
    private const long LargeChunkLength = 1 << 26;
    private const int Growth = 4;

    // A cache line, so that images do not share one.
    private const long Line = 16;

    private readonly object _gate = new();

    // Images that are kept for the backward pass fill memory from one end and free it from there, so they leave no gaps between others.
    private readonly List<Chunk> _kept = [];
    private readonly List<Chunk> _temporary = [];

    /// <summary>Gets the number of bytes of all chunks.</summary>
    public long Size => Sum(chunk => chunk.Length);

    /// <summary>Gets the number of bytes that were used at least once; the rest of <see cref="Size"/> takes no physical memory.</summary>
    public long Used => Sum(chunk => chunk.Used);

    /// <summary>Borrows memory, whose values are undefined.</summary>
    /// <param name="length">The number of values.</param>
    /// <param name="isKept">Whether the memory is kept from the forward pass to the backward pass.</param>
    public ImageMemory Rent(long length, bool isKept = false)
    {
        List<Chunk> chunks = isKept ? _kept : _temporary;
        long size = (length + Line - 1) / Line * Line;
        lock (_gate)
        {
            if (FindGap(chunks, size) is not var (chunk, gap))
            {
                long usual = isKept || _kept.Count > 0 ? LargeChunkLength : Math.Clamp(Growth * chunks.Sum(one => one.Length), ChunkLength, LargeChunkLength);
                (chunk, gap) = (new Chunk(Math.Max(size, usual), type), 0);
                chunks.Add(chunk);
            }

            return new ImageMemory(this, chunk, chunk.Take(gap, size), size);
        }
    }

    /// <summary>Frees the memory. Images must not be used any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Chunk chunk in _kept.Concat(_temporary))
            {
                chunk.Dispose();
            }

            _kept.Clear();
            _temporary.Clear();
        }
    }

    // What was used before takes no more physical memory. Of such gaps, the smallest leaves large ones for large images.
    private static (Chunk Chunk, int Gap)? FindGap(List<Chunk> chunks, long length)
    {
        (Chunk, int)? best = null;
        (long Unused, long Length) least = (long.MaxValue, long.MaxValue);
        foreach (Chunk chunk in chunks)
        {
            for (int i = 0; i < chunk.Gaps.Count; i++)
            {
                (long offset, long free) = chunk.Gaps[i];
                (long Unused, long Length) cost = (Math.Max(0, offset + length - chunk.Used), free);
                if (free >= length && cost.CompareTo(least) < 0)
                {
                    (best, least) = ((chunk, i), cost);
                }
            }
        }

        return best;
    }

    private long Sum(Func<Chunk, long> length)
    {
        lock (_gate)
        {
            return _kept.Concat(_temporary).Sum(length) * (type == ScalarType.Float32 ? sizeof(float) : sizeof(ushort));
        }
    }

    /// <summary>Takes memory back.</summary>
    internal void Return(Chunk chunk, long offset, long length)
    {
        lock (_gate)
        {
            chunk.Return(offset, length);
        }
    }

    /// <summary>A block of memory that images share.</summary>
    internal sealed class Chunk : IDisposable
    {
        public Chunk(long length, ScalarType type)
        {
            using IDisposable noGradient = no_grad();
            Length = length;
            Memory = empty(length, type).DetachFromDisposeScope();
            Start = TensorMemory.StartOfLarge(Memory);
            Gaps.Add((0, length));
        }

        /// <summary>Gets the number of values.</summary>
        public long Length { get; }

        /// <summary>Gets the number of values up to the last one that was used at least once.</summary>
        public long Used { get; private set; }

        /// <summary>Gets the memory, [L].</summary>
        public Tensor Memory { get; }

        /// <summary>Gets a pointer to the first value of an arena of float32.</summary>
        public float* Start { get; }

        /// <summary>Gets the free parts, in the order of their offsets.</summary>
        public List<(long Offset, long Length)> Gaps { get; } = [];

        public long Take(int gap, long length)
        {
            (long offset, long free) = Gaps[gap];
            Used = Math.Max(Used, offset + length);
            if (free == length)
            {
                Gaps.RemoveAt(gap);
            }
            else
            {
                Gaps[gap] = (offset + length, free - length);
            }

            return offset;
        }

        public void Return(long offset, long length)
        {
            int next = Gaps.FindIndex(gap => gap.Offset > offset);
            next = next < 0 ? Gaps.Count : next;
            bool joinsNext = next < Gaps.Count && offset + length == Gaps[next].Offset;
            bool joinsPrevious = next > 0 && Gaps[next - 1].Offset + Gaps[next - 1].Length == offset;
            long end = joinsNext ? Gaps[next].Offset + Gaps[next].Length : offset + length;
            long start = joinsPrevious ? Gaps[next - 1].Offset : offset;
            if (joinsNext)
            {
                Gaps.RemoveAt(next);
            }

            if (joinsPrevious)
            {
                Gaps[next - 1] = (start, end - start);
            }
            else
            {
                Gaps.Insert(next, (start, end - start));
            }
        }

        public void Dispose() => Memory.Dispose();
    }
}
