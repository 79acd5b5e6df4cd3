using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The memory of the images of a network. Each step uses the same sizes in the same order, so from the second one on it finds all of its memory
/// here, in the same places: the peak is the same in each step and each run, on every allocator.
/// </summary>
internal sealed unsafe class ImageArena : IDisposable
{
    // Values of a chunk: 16 MiB, or one image if that is larger.
    private const long ChunkLength = 1 << 22;

    // A cache line, so that images do not share one.
    private const long Line = 16;

    private readonly object _gate = new();
    private readonly List<Chunk> _chunks = [];

    /// <summary>Gets the number of bytes of all chunks.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
            {
                return _chunks.Sum(chunk => chunk.Length) * sizeof(float);
            }
        }
    }

    /// <summary>Borrows memory, whose values are undefined.</summary>
    /// <param name="length">The number of values.</param>
    public ImageMemory Rent(long length)
    {
        long size = (length + Line - 1) / Line * Line;
        lock (_gate)
        {
            // The smallest gap that is large enough leaves large ones for large images.
            (Chunk? chunk, int gap) = (null, 0);
            foreach (Chunk candidate in _chunks)
            {
                int index = candidate.FindGap(size);
                if (index >= 0 && (chunk is null || candidate.Gaps[index].Length < chunk.Gaps[gap].Length))
                {
                    (chunk, gap) = (candidate, index);
                }
            }

            if (chunk is null)
            {
                chunk = new Chunk(Math.Max(size, ChunkLength));
                _chunks.Add(chunk);
                gap = 0;
            }

            return new ImageMemory(this, chunk, chunk.Take(gap, size), size);
        }
    }

    /// <summary>Frees the memory. Images must not be used any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _chunks.ForEach(chunk => chunk.Dispose());
            _chunks.Clear();
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
        public Chunk(long length)
        {
            using IDisposable noGradient = no_grad();
            Length = length;
            Memory = empty(length, ScalarType.Float32).DetachFromDisposeScope();
            Start = TensorMemory.StartOfLarge(Memory);
            Gaps.Add((0, length));
        }

        /// <summary>Gets the number of values.</summary>
        public long Length { get; }

        /// <summary>Gets the memory, [Length] float32.</summary>
        public Tensor Memory { get; }

        /// <summary>Gets a pointer to the first value.</summary>
        public float* Start { get; }

        /// <summary>Gets the free parts, in the order of their offsets.</summary>
        public List<(long Offset, long Length)> Gaps { get; } = [];

        public int FindGap(long length)
        {
            int best = -1;
            for (int i = 0; i < Gaps.Count; i++)
            {
                best = Gaps[i].Length >= length && (best < 0 || Gaps[i].Length < Gaps[best].Length) ? i : best;
            }

            return best;
        }

        public long Take(int gap, long length)
        {
            (long offset, long free) = Gaps[gap];
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
