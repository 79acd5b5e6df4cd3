using System.Buffers;
using System.Collections.Concurrent;
using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Decodes the tiles of a codestream into the samples of a frame.</summary>
/// <param name="bytes">The frame.</param>
/// <param name="grid">The image and its division into tiles.</param>
/// <param name="writer">Receives the samples.</param>
/// <param name="budget">Limits the work.</param>
internal sealed class TileDecoder(byte[] bytes, ImageGrid grid, SampleWriter writer, WorkBudget budget)
{
    private readonly ConcurrentBag<CodeBlockDecoder> _decoders = [];

    /// <summary>Decodes a tile.</summary>
    /// <exception cref="CodestreamException">It is truncated, damaged or not supported.</exception>
    public void Decode(TileStream tile)
    {
        Area area = grid.TileArea(tile.Index);
        int offset = tile.Parts[0].Start;
        var components = new TileComponent[grid.Components];
        for (int c = 0; c < components.Length; c++)
        {
            components[c] = new TileComponent(area, c, tile.Parameters, grid.Precision, offset);
        }

        ReadPackets(tile, area, components, offset);
        int transformed = tile.Parameters.HasComponentTransform ? 3 : 0;
        if (transformed > 0)
        {
            DecodeTransformed(area, components, offset);
        }

        for (int c = transformed; c < components.Length; c++)
        {
            if (components[c].Style.IsReversible)
            {
                Write(Reconstruct<int, ReversibleLifting>(components[c]), area, c);
            }
            else
            {
                Write(Reconstruct<float, IrreversibleLifting>(components[c]), area, c);
            }
        }
    }

    private void ReadPackets(TileStream tile, Area area, TileComponent[] components, int offset)
    {
        // A packet takes at least one byte. This is checked before memory is allocated.
        long available = tile.Length / Math.Max(1, tile.Parameters.Layers);
        long precinctCount = 0;
        foreach (TileComponent component in components)
        {
            foreach (Resolution resolution in component.Resolutions)
            {
                precinctCount += resolution.PrecinctCount;
                if (precinctCount > available)
                {
                    throw new CodestreamException(
                        Invariant($"tile {tile.Index} has {tile.Length} bytes, fewer than packets: the stream is truncated or damaged"),
                        offset);
                }
            }
        }

        var precincts = new List<Precinct>();
        for (int c = 0; c < components.Length; c++)
        {
            foreach (Resolution resolution in components[c].Resolutions)
            {
                resolution.AddPrecincts(c, area, precincts);
            }
        }

        new PacketSequence(precincts, new PacketReader(bytes, tile, budget), budget).Read(tile.Parameters);
    }

    private void DecodeTransformed(Area area, TileComponent[] components, int offset)
    {
        bool isReversible = components[0].Style.IsReversible;
        if (components[1].Style.IsReversible != isReversible || components[2].Style.IsReversible != isReversible)
        {
            throw new CodestreamException("the component transform mixes reversible and irreversible components", offset);
        }

        int count = area.Width * area.Height;
        if (isReversible)
        {
            int[][] planes = [.. components.Take(3).Select(Reconstruct<int, ReversibleLifting>)];
            ComponentTransform.Invert(planes[0].AsSpan(0, count), planes[1].AsSpan(0, count), planes[2].AsSpan(0, count));
            for (int c = 0; c < planes.Length; c++)
            {
                Write(planes[c], area, c);
            }
        }
        else
        {
            float[][] planes = [.. components.Take(3).Select(Reconstruct<float, IrreversibleLifting>)];
            ComponentTransform.Invert(planes[0].AsSpan(0, count), planes[1].AsSpan(0, count), planes[2].AsSpan(0, count));
            for (int c = 0; c < planes.Length; c++)
            {
                Write(planes[c], area, c);
            }
        }
    }

    /// <summary>Decodes the subbands of a component and applies the inverse transform.</summary>
    /// <returns>The samples row by row, at the start of an array of <see cref="ArrayPool{T}.Shared"/>.</returns>
    private T[] Reconstruct<T, TLifting>(TileComponent component)
        where T : unmanaged
        where TLifting : struct, ILifting<T>
    {
        var decoder = new SubbandDecoder<T, TLifting>(bytes, _decoders, budget);
        T[] samples = decoder.Decode(component, component.Resolutions[0].Bands[0]);
        foreach (Resolution resolution in component.Resolutions.AsSpan(1))
        {
            T[] ll = samples;
            T[] hl = decoder.Decode(component, resolution.Bands[0]);
            T[] lh = decoder.Decode(component, resolution.Bands[1]);
            T[] hh = decoder.Decode(component, resolution.Bands[2]);
            samples = InverseWavelet<T, TLifting>.Synthesize(resolution.Area, ll, hl, lh, hh);
            foreach (T[] band in (ReadOnlySpan<T[]>)[ll, hl, lh, hh])
            {
                ArrayPool<T>.Shared.Return(band);
            }
        }

        return samples;
    }

    private void Write(int[] plane, Area area, int component)
    {
        writer.Write(plane.AsSpan(0, area.Width * area.Height), area, component);
        ArrayPool<int>.Shared.Return(plane);
    }

    private void Write(float[] plane, Area area, int component)
    {
        writer.Write(plane.AsSpan(0, area.Width * area.Height), area, component);
        ArrayPool<float>.Shared.Return(plane);
    }
}
