using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Writes the samples of tiles to a frame: undoes the level shift (T.800, G.1), clamps and interleaves components.</summary>
/// <param name="grid">The image and its division into tiles.</param>
/// <param name="samples">Receives the samples, interleaved by pixel, row by row.</param>
internal sealed class SampleWriter(ImageGrid grid, int[] samples)
{
    // Adding 1.5 × 2^23 to a number below 2^22 rounds it to the nearest integer, ties to even, as MathF.Round does.
    private const float RoundingOffset = 3 << 22;
    private const int GreatestRounded = 1 << 22;

    private readonly int _half = 1 << (grid.Precision - 1);

    /// <summary>Writes a component of a tile.</summary>
    /// <param name="plane">The samples of the tile row by row.</param>
    /// <param name="area">The area of the tile.</param>
    /// <param name="component">The number of the component.</param>
    public void Write(ReadOnlySpan<int> plane, Area area, int component)
    {
        for (int y = 0; y < area.Height; y++)
        {
            Write(plane.Slice(y * area.Width, area.Width), area, y, component);
        }
    }

    /// <summary>Writes a component of a tile, rounded.</summary>
    /// <param name="plane">The samples of the tile row by row.</param>
    /// <param name="area">The area of the tile.</param>
    /// <param name="component">The number of the component.</param>
    public void Write(ReadOnlySpan<float> plane, Area area, int component)
    {
        int[] rounded = new int[area.Width];
        for (int y = 0; y < area.Height; y++)
        {
            Round(plane.Slice(y * area.Width, area.Width), rounded);
            Write(rounded, area, y, component);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Round(ReadOnlySpan<float> row, Span<int> rounded)
    {
        int done = 0;
        float least = -_half;
        float greatest = _half - 1;
        if (_half <= GreatestRounded)
        {
            ReadOnlySpan<Vector<float>> sources = MemoryMarshal.Cast<float, Vector<float>>(row);
            Span<Vector<int>> targets = MemoryMarshal.Cast<int, Vector<int>>(rounded)[..sources.Length];
            var offset = new Vector<float>(RoundingOffset);
            for (int i = 0; i < targets.Length; i++)
            {
                Vector<float> clamped = Vector.Min(Vector.Max(sources[i], new Vector<float>(least)), new Vector<float>(greatest));
                targets[i] = Vector.ConvertToInt32(clamped + offset - offset);
            }

            done = targets.Length * Vector<int>.Count;
        }

        for (int i = done; i < row.Length; i++)
        {
            rounded[i] = (int)MathF.Round(MathF.Min(MathF.Max(row[i], least), greatest));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(ReadOnlySpan<int> row, Area area, int y, int component)
    {
        int shift = grid.IsSigned ? 0 : _half;
        int components = grid.Components;
        int first = ((((area.Y0 - grid.Image.Y0 + y) * grid.Image.Width) + area.X0 - grid.Image.X0) * components) + component;
        int done = 0;
        if (components == 1)
        {
            ReadOnlySpan<Vector<int>> sources = MemoryMarshal.Cast<int, Vector<int>>(row);
            Span<Vector<int>> targets = MemoryMarshal.Cast<int, Vector<int>>(samples.AsSpan(first, row.Length))[..sources.Length];
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] = Vector.Min(Vector.Max(sources[i], new Vector<int>(-_half)), new Vector<int>(_half - 1)) + new Vector<int>(shift);
            }

            done = targets.Length * Vector<int>.Count;
        }

        int target = first + (done * components);
        foreach (int value in row[done..])
        {
            samples[target] = Math.Clamp(value, -_half, _half - 1) + shift;
            target += components;
        }
    }
}
