using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Decodes the tiles of a codestream into the samples of a frame.</summary>
/// <param name="bytes">The frame.</param>
/// <param name="grid">The image and its division into tiles.</param>
/// <param name="samples">Receives the samples, interleaved by pixel, row by row.</param>
/// <param name="budget">Limits the work.</param>
internal sealed class TileDecoder(byte[] bytes, ImageGrid grid, int[] samples, WorkBudget budget)
{
    // A coding pass takes far less time per coefficient than a packet header per code-block.
    private const int VisitsPerStep = 256;

    private readonly CodeBlockDecoder _blocks = new();

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
                Put(Reconstruct<int, ReversibleLifting>(components[c]), area, c);
            }
            else
            {
                Put(Reconstruct<float, IrreversibleLifting>(components[c]), area, c);
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

        if (isReversible)
        {
            int[][] planes = [.. components.Take(3).Select(Reconstruct<int, ReversibleLifting>)];
            ComponentTransform.Invert(planes[0], planes[1], planes[2]);
            for (int c = 0; c < planes.Length; c++)
            {
                Put(planes[c], area, c);
            }
        }
        else
        {
            float[][] planes = [.. components.Take(3).Select(Reconstruct<float, IrreversibleLifting>)];
            ComponentTransform.Invert(planes[0], planes[1], planes[2]);
            for (int c = 0; c < planes.Length; c++)
            {
                Put(planes[c], area, c);
            }
        }
    }

    /// <summary>Decodes the subbands of a component and applies the inverse transform.</summary>
    private T[] Reconstruct<T, TLifting>(TileComponent component)
        where T : unmanaged
        where TLifting : struct, ILifting<T>
    {
        T[] samples = DecodeBand<T, TLifting>(component, component.Resolutions[0].Bands[0]);
        foreach (Resolution resolution in component.Resolutions.AsSpan(1))
        {
            samples = InverseWavelet<T, TLifting>.Synthesize(
                resolution.Area,
                samples,
                DecodeBand<T, TLifting>(component, resolution.Bands[0]),
                DecodeBand<T, TLifting>(component, resolution.Bands[1]),
                DecodeBand<T, TLifting>(component, resolution.Bands[2]));
        }

        return samples;
    }

    private T[] DecodeBand<T, TLifting>(TileComponent component, Subband band)
        where T : unmanaged
        where TLifting : struct, ILifting<T>
    {
        T[] samples = band.Area.IsEmpty ? [] : new T[band.Area.Width * band.Area.Height];
        float halfStep = band.StepSize / 2;
        foreach (CodeBlock block in band.Blocks)
        {
            budget.Spend((long)block.Area.Width * block.Area.Height * block.Passes / VisitsPerStep, block.Chunks[0].Position);
            ReadOnlySpan<int> coefficients = _blocks.Decode(bytes, block, band.Orientation, component.Style.BlockStyle);
            int width = block.Area.Width;
            int target = ((block.Area.Y0 - band.Area.Y0) * band.Area.Width) + block.Area.X0 - band.Area.X0;
            for (; coefficients.Length > 0; coefficients = coefficients[width..])
            {
                Span<T> row = samples.AsSpan(target, width);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = TLifting.Dequantize(Unshift(coefficients[x], component.RegionShift), halfStep);
                }

                target += band.Area.Width;
            }
        }

        return samples;
    }

    /// <summary>Shifts a coefficient of the region of interest back; only that region uses the upper bit-planes (T.800, H.1).</summary>
    private static int Unshift(int coefficient, int shift)
    {
        // The lowest bit is not part of the coefficient.
        int magnitude = Math.Abs(coefficient);
        return shift is 0 or >= 31 || magnitude >> 1 >> shift == 0 ? coefficient : Math.Sign(coefficient) * (magnitude >> shift);
    }

    private void Put(float[] plane, Area area, int component)
    {
        // Far beyond any precision, so that the conversion is defined for any stream.
        const float Limit = 1 << 30;
        int[] rounded = new int[plane.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = (int)MathF.Round(MathF.Min(MathF.Max(plane[i], -Limit), Limit));
        }

        Put(rounded, area, component);
    }

    /// <summary>Undoes the level shift (T.800, G.1), clamps and interleaves.</summary>
    private void Put(int[] plane, Area area, int component)
    {
        int half = 1 << (grid.Precision - 1);
        int shift = grid.IsSigned ? 0 : half;
        int components = grid.Components;
        for (int y = 0; y < area.Height; y++)
        {
            ReadOnlySpan<int> row = plane.AsSpan(y * area.Width, area.Width);
            int target = ((((area.Y0 - grid.Image.Y0 + y) * grid.Image.Width) + area.X0 - grid.Image.X0) * components) + component;
            foreach (int value in row)
            {
                samples[target] = Math.Clamp(value, -half, half - 1) + shift;
                target += components;
            }
        }
    }
}
