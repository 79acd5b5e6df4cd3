using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedSeg.Network.Cpu;

/// <summary>The addresses that tiles of <see cref="Avx2Conv2d"/> read, and the pixels that they write.</summary>
internal static unsafe class TapPlacement
{
    private const int TilePixels = Avx2Conv2d.TilePixels;

    /// <summary>Finds the places of some tiles. Beyond the last pixel, it is computed again.</summary>
    /// <param name="job">The convolution.</param>
    /// <param name="first">The first pixel to compute.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="sources">Receives the address of each pixel's first channel, for each tile; by tap and pixel if some are outside the image.</param>
    /// <param name="areInside">Receives whether all taps of a tile are inside the image.</param>
    /// <param name="targets">Receives the index of each pixel in the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Place(DirectConvolution job, long first, long end, float** sources, bool* areInside, long* targets)
    {
        (int Row, int Column)* places = stackalloc (int, int)[TilePixels];
        (int top, int bottom, int left, int right) = job.Inside;
        (int rows, int columns) = (job.Rows, job.Columns);
        long sourceStep = job.Step * (long)job.Source.Stride;
        int targetStep = job.Spread;
        int row = (int)(first / columns % rows);
        int column = (int)(first % columns);
        long image = first / columns / rows;
        float* source = Source(job, image, row, column);
        long target = Target(job, image, row, column);
        for (long start = first; start < end; start += TilePixels, sources += TileSources.Length, targets += TilePixels)
        {
            if (start + TilePixels <= end && column + TilePixels <= columns && row >= top && row < bottom && column >= left && column + TilePixels <= right)
            {
                PlaceRow((long)source, sourceStep * sizeof(float), target, targetStep, (long*)sources, targets);
                *areInside++ = true;
                source += TilePixels * sourceStep;
                target += TilePixels * targetStep;
                column += TilePixels;
                if (column == columns)
                {
                    BeginRow(job, ref image, ref row, out column, out source, out target);
                }

                continue;
            }

            bool isInside = true;
            for (int i = 0; i < TilePixels; i++)
            {
                sources[i] = source;
                targets[i] = target;
                places[i] = (row, column);
                isInside &= row >= top & row < bottom & column >= left & column < right;
                if (start + i + 1 >= end)
                {
                    continue;
                }

                source += sourceStep;
                target += targetStep;
                if (++column == columns)
                {
                    BeginRow(job, ref image, ref row, out column, out source, out target);
                }
            }

            *areInside++ = isInside;
            if (!isInside)
            {
                // The first tap's addresses replace those of the pixels.
                for (int i = 0; i < TilePixels; i++)
                {
                    PlaceTaps(job, places[i].Row * job.Step, places[i].Column * job.Step, sources[i], sources + i);
                }
            }
        }
    }

    // The first pixel of the next row.
    private static void BeginRow(DirectConvolution job, ref long image, ref int row, out int column, out float* source, out long target)
    {
        (row, image) = row + 1 == job.Rows ? (0, image + 1) : (row + 1, image);
        column = 0;
        source = Source(job, image, row, column);
        target = Target(job, image, row, column);
    }

    // Six pixels of a row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlaceRow(long source, long sourceStep, long target, long targetStep, long* sources, long* targets)
    {
        (Vector256.Create(source) + (Vector256.Create(0L, 1, 2, 3) * sourceStep)).Store(sources);
        (Vector128.Create(source) + (Vector128.Create(4L, 5) * sourceStep)).Store(sources + Vector256<long>.Count);
        (Vector256.Create(target) + (Vector256.Create(0L, 1, 2, 3) * targetStep)).Store(targets);
        (Vector128.Create(target) + (Vector128.Create(4L, 5) * targetStep)).Store(targets + Vector256<long>.Count);
    }

    private static float* Source(DirectConvolution job, long image, int row, int column) => job.Source.At(image, row * job.Step, column * job.Step);

    private static long Target(DirectConvolution job, long image, int row, int column)
    {
        ChannelsLastView to = job.Output.Image;
        return (((image * to.Height) + (row * job.Spread) + job.SpreadRow) * to.Width) + (column * job.Spread) + job.SpreadColumn;
    }

    private static void PlaceTaps(DirectConvolution job, int row, int column, float* from, float** sources)
    {
        for (int tap = 0; tap < job.Taps; tap++)
        {
            bool isInside = (uint)(row + job.TapRows[tap]) < (uint)job.From.Height && (uint)(column + job.TapColumns[tap]) < (uint)job.From.Width;
            sources[tap * TilePixels] = isInside ? from + job.TapMoves[tap] : job.Zeros;
        }
    }
}
