using System.Buffers;
using System.Collections.Concurrent;
using MedSeg.Threading;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Decodes the code-blocks of subbands to samples, those of large subbands on all CPU cores.</summary>
/// <typeparam name="T">The type of samples.</typeparam>
/// <typeparam name="TLifting">The transform that the samples are for.</typeparam>
/// <param name="bytes">The frame.</param>
/// <param name="decoders">Decoders that are not in use.</param>
/// <param name="budget">Limits the work.</param>
internal sealed class SubbandDecoder<T, TLifting>(byte[] bytes, ConcurrentBag<CodeBlockDecoder> decoders, WorkBudget budget)
    where T : unmanaged
    where TLifting : struct, ILifting<T>
{
    // A coding pass takes far less time per coefficient than a packet header per code-block.
    private const int VisitsPerStep = 256;

    // Below this number of samples, threads would take longer to start than they save.
    private const int LeastSharedSamples = 1 << 16;

    /// <summary>Decodes a subband.</summary>
    /// <param name="component">The component.</param>
    /// <param name="band">The subband.</param>
    /// <returns>The samples row by row, at the start of an array of <see cref="ArrayPool{T}.Shared"/>.</returns>
    /// <exception cref="CodestreamException">A code-block is damaged; of several, the first one is reported.</exception>
    public T[] Decode(TileComponent component, Subband band)
    {
        Area area = band.Area;
        if (area.IsEmpty)
        {
            return [];
        }

        int count = area.Width * area.Height;
        int covered = 0;
        foreach (CodeBlock block in band.Blocks)
        {
            int size = block.Area.Width * block.Area.Height;
            covered += size;
            budget.Spend((long)size * block.Passes / VisitsPerStep, block.Chunks[0].Position);
        }

        T[] samples = ArrayPool<T>.Shared.Rent(count);
        if (covered < count)
        {
            samples.AsSpan(0, count).Clear();
        }

        DecodeBlocks(component, band, samples, isShared: covered >= LeastSharedSamples && Environment.ProcessorCount > 1);
        return samples;
    }

    private void DecodeBlocks(TileComponent component, Subband band, T[] samples, bool isShared)
    {
        if (!isShared)
        {
            foreach (CodeBlock block in band.Blocks)
            {
                Decode(component, band, block, samples);
            }

            return;
        }

        // Blocks are begun in their order, so those before the first damaged one are always decoded, and the error is the same as with one thread.
        int firstDamaged = int.MaxValue;
        var errors = new ConcurrentDictionary<int, CodestreamException>();
        ParallelLoop.InOrder(band.Blocks.Count, i =>
        {
            try
            {
                if (i < Volatile.Read(ref firstDamaged))
                {
                    Decode(component, band, band.Blocks[i], samples);
                }
            }
            catch (CodestreamException e)
            {
                errors[i] = e;
                for (int seen = Volatile.Read(ref firstDamaged); i < seen; seen = Volatile.Read(ref firstDamaged))
                {
                    Interlocked.CompareExchange(ref firstDamaged, i, seen);
                }
            }
        });
        if (!errors.IsEmpty)
        {
            throw errors[firstDamaged];
        }
    }

    private void Decode(TileComponent component, Subband band, CodeBlock block, T[] samples)
    {
        if (!decoders.TryTake(out CodeBlockDecoder? decoder))
        {
            decoder = new CodeBlockDecoder();
        }

        Span<int> coefficients = decoder.Decode(bytes, block, band.Orientation, component.Style.BlockStyle);
        CodeBlockCoefficients.Unshift(coefficients, component.RegionShift);
        float halfStep = band.StepSize / 2;
        int width = block.Area.Width;
        int length = CodeBlockCoefficients.RowLength(width);
        int target = ((block.Area.Y0 - band.Area.Y0) * band.Area.Width) + block.Area.X0 - band.Area.X0;
        for (; coefficients.Length > 0; coefficients = coefficients[length..])
        {
            TLifting.Dequantize(coefficients[..width], samples.AsSpan(target, width), halfStep);
            target += band.Area.Width;
        }

        decoders.Add(decoder);
    }
}
