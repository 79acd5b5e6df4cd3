using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The 4 × 4 tiles of the images of a convolution with padding equal to its dilation d. Such a convolution is one without dilation of each of the
/// d² interleaved sub-images, so only the places of tiles and the distance of their pixels depend on it.
/// </summary>
internal sealed unsafe class WinogradTiles
{
    /// <summary>The channels that are together in memory: two vectors, or a line of the cache.</summary>
    public const int Lanes = 16;

    private const int Vector = 8;
    private readonly int[] _tops;
    private readonly int[] _lefts;

    /// <summary>Initializes a new instance of the <see cref="WinogradTiles"/> class.</summary>
    /// <param name="image">Images of the size.</param>
    /// <param name="dilation">The dilation d.</param>
    public WinogradTiles(ChannelsLastView image, int dilation)
    {
        Dilation = dilation;
        _tops = Starts(image.Height, dilation);
        _lefts = Starts(image.Width, dilation);
        Count = image.Images * _tops.Length * _lefts.Length;
    }

    /// <summary>Gets the dilation.</summary>
    public int Dilation { get; }

    /// <summary>Gets the number of tiles of all images.</summary>
    public int Count { get; }

    /// <summary>Counts the tiles along one side of an image.</summary>
    /// <param name="length">The number of rows or columns.</param>
    /// <param name="dilation">The dilation d.</param>
    public static int CountAlong(int length, int dilation)
    {
        int count = 0;
        for (int first = 0; first < Math.Min(dilation, length); first++)
        {
            int own = (length - first + dilation - 1) / dilation;
            count += (own + WinogradSize.Output - 1) / WinogradSize.Output;
        }

        return count;
    }

    /// <summary>Returns the distance between the values of two points, for tiles of some channels.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <returns>
    /// An odd number of cache lines: 36 streams at a distance that is a multiple of 4 KiB would share a few lines of the first-level cache.
    /// </returns>
    public static long PointStep(int channels, int tiles) => ((Blocks(channels) * (long)tiles) | 1) * Lanes;

    /// <summary>Returns the number of blocks of 16 channels, of which the last may be incomplete.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>Returns the place of a tile.</summary>
    /// <param name="tile">The index of the tile.</param>
    /// <returns>The index of the image, and the row and column of the first pixel.</returns>
    public (int Image, int Top, int Left) Place(int tile)
    {
        (int row, int column) = Math.DivRem(tile, _lefts.Length);
        (int image, row) = Math.DivRem(row, _tops.Length);
        return (image, _tops[row], _lefts[column]);
    }

    /// <summary>
    /// Transforms tiles of an image to [points, blocks of 16 channels, tiles, 16]. If a block has no more than eight channels, only
    /// the first eight of its sixteen values are written; values beyond the last channel are zero.
    /// </summary>
    /// <param name="from">The image.</param>
    /// <param name="isGradient">Whether it is the gradient of the convolution's result (A e Aᵀ); otherwise the input (Bᵀ d B).</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="blocks">The range of blocks of channels.</param>
    /// <param name="to">Receives the values.</param>
    /// <param name="size">The number of tiles for which there is room.</param>
    /// <param name="point">The distance between points, in values.</param>
    public void Transform(ChannelsLastView from, bool isGradient, int first, int count, Range blocks, float* to, int size, nint point)
    {
        if (from.IsNarrow)
        {
            Transform<BFloat16Format>(from, isGradient, first, count, blocks, to, size, point);
        }
        else
        {
            Transform<Float32Format>(from, isGradient, first, count, blocks, to, size, point);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Transform<TFormat>(ChannelsLastView from, bool isGradient, int first, int count, Range blocks, float* to, int size, nint point)
        where TFormat : struct, IImageFormat
    {
        int side = isGradient ? WinogradSize.Output : WinogradSize.Input;
        (int d, int reach) = (Dilation, (side - 1) * Dilation);
        nint pixel = (nint)from.Stride * TFormat.Size;
        (nint row, nint column) = (d * from.Width * pixel, d * pixel);
        float* local = stackalloc float[(2 * WinogradSize.Points * Lanes) + Lanes];
        float* border = Align(local);
        float* between = border + (WinogradSize.Points * Lanes);
        (int start, int end) = (blocks.Start.Value, blocks.End.Value);
        for (int t = 0; t < count; t++)
        {
            (int image, int top, int left) = Place(first + t);
            (top, left) = isGradient ? (top, left) : (top - d, left - d);
            bool isInside = top >= 0 && left >= 0 && top + reach < from.Height && left + reach < from.Width;
            byte* at = from.Bytes + (((((image * (nint)from.Height) + top) * from.Width) + left) * pixel);
            for (int block = start; block < end; block++)
            {
                int lanes = Math.Min(Lanes, from.Channels - (block * Lanes));
                byte* source = at + (block * Lanes * TFormat.Size);
                float* target = to + ((((block - start) * (long)size) + t) * Lanes);
                if (!isInside || lanes % Vector != 0)
                {
                    Fetch<TFormat>(from, source, lanes, top, left, side, border);
                    TransformTile<Float32Format>((byte*)border, side * Lanes * sizeof(float), Lanes * sizeof(float), isGradient, lanes, target, point, between);
                }
                else
                {
                    Prefetch(source + (WinogradSize.Output * column), row, column, side);
                    TransformTile<TFormat>(source, row, column, isGradient, lanes, target, point, between);
                }
            }
        }
    }

    /// <summary>Transforms products, [points, blocks of 16 channels, tiles, 16], to tiles of an image and writes them.</summary>
    /// <param name="from">The products.</param>
    /// <param name="size">The number of tiles for which there is room.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="to">Receives the values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void TransformBack(float* from, int size, nint point, int first, int count, Conv2dOutput to)
    {
        const int side = WinogradSize.Output;
        ChannelsLastView image = to.Image;
        float* local = stackalloc float[(side * side * Lanes) + (WinogradSize.Points * Lanes) + Lanes];
        float* values = Align(local);
        float* between = values + (side * side * Lanes);
        long* pixels = stackalloc long[side * side];
        for (int t = 0; t < count; t++)
        {
            (int index, int top, int left) = Place(first + t);
            int rows = Math.Min(side, (image.Height - top + Dilation - 1) / Dilation);
            int columns = Math.Min(side, (image.Width - left + Dilation - 1) / Dilation);
            for (int i = 0; i < rows * columns; i++)
            {
                (int row, int column) = (i / columns, i % columns);
                pixels[(row * side) + column] = (((index * (long)image.Height) + top + (row * Dilation)) * image.Width) + left + (column * Dilation);
            }

            // The rows of a whole tile follow each other.
            (int pieces, int length) = columns == side ? (1, rows * side) : (rows, columns);
            for (int block = 0; block < Blocks(to.Channels); block++)
            {
                float* source = from + (((block * (long)size) + t) * Lanes);
                int channel = block * Lanes;
                for (int row = 0; row < pieces; row++)
                {
                    to.Prefetch(channel, pixels + (row * side), length);
                }

                TransformTileBack(source, point, Math.Min(Lanes, to.Channels - channel), values, between);
                for (int row = 0; row < pieces; row++)
                {
                    to.Write(values + (row * side * Lanes), channel, pixels + (row * side), length);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformTile<TFormat>(byte* from, nint row, nint column, bool isGradient, int lanes, float* to, nint point, float* between)
        where TFormat : struct, IImageFormat
    {
        if (lanes > Vector && Avx512Lanes.IsSupported)
        {
            TransformLanes<Avx512Lanes, Vector512<float>, TFormat>(from, row, column, isGradient, to, point, between);
            return;
        }

        for (int half = 0; half < lanes; half += Vector)
        {
            TransformLanes<Avx2Lanes, Vector256<float>, TFormat>(from + (half * TFormat.Size), row, column, isGradient, to + half, point, between);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformLanes<TLanes, TVector, TFormat>(byte* from, nint row, nint column, bool isGradient, float* to, nint point, float* between)
        where TLanes : struct, IFusedLanes<TVector>
        where TVector : struct
        where TFormat : struct, IImageFormat
    {
        if (isGradient)
        {
            WinogradTransform<TLanes, TVector>.TransformGradient<TFormat>(from, row, column, to, point, between);
        }
        else
        {
            WinogradTransform<TLanes, TVector>.TransformInput<TFormat>(from, row, column, to, point, between);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformTileBack(float* from, nint point, int lanes, float* to, float* between)
    {
        nint row = WinogradSize.Output * Lanes;
        if (lanes > Vector && Avx512Lanes.IsSupported)
        {
            WinogradTransform<Avx512Lanes, Vector512<float>>.TransformOutput(from, point, to, row, Lanes, between);
            return;
        }

        for (int half = 0; half < lanes; half += Vector)
        {
            WinogradTransform<Avx2Lanes, Vector256<float>>.TransformOutput(from + half, point, to + half, row, Lanes, between);
        }
    }

    // Zeros outside the image, and beyond its last channel. Of up to eight channels, only the first eight values are written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fetch<TFormat>(ChannelsLastView image, byte* from, int lanes, int top, int left, int side, float* to)
        where TFormat : struct, IImageFormat
    {
        (int firstRow, int endRow) = Inside(top, image.Height, side);
        (int firstColumn, int endColumn) = Inside(left, image.Width, side);
        var vectors = new PixelVectors(lanes);
        nint column = (nint)Dilation * image.Stride * TFormat.Size;
        nint row = image.Width * column;
        for (int i = 0; i < side; i++)
        {
            byte* at = from + (i * row);
            for (int j = 0; j < side; j++, at += column, to += Lanes)
            {
                bool isInside = i >= firstRow && i < endRow && j >= firstColumn && j < endColumn;
                (isInside ? vectors.Load<TFormat>(at, 0) : Vector256<float>.Zero).Store(to);
                if (lanes > Vector)
                {
                    (isInside ? vectors.Load<TFormat>(at, 1) : Vector256<float>.Zero).Store(to + Vector);
                }
            }
        }
    }

    // The pixels of a tile that are inside the image, along one side of it.
    private (int First, int End) Inside(int start, int length, int side)
    {
        int first = start < 0 ? (-start + Dilation - 1) / Dilation : 0;
        return (first, Math.Max(first, Math.Min(side, (length - start + Dilation - 1) / Dilation)));
    }

    // CPUs do not guess the order in which tiles are read, so what the next tile needs is requested.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* from, nint row, nint column, int rows)
    {
        for (int i = 0; i < rows; i++, from += row)
        {
            byte* at = from;
            for (int j = 0; j < WinogradSize.Output; j++, at += column)
            {
                Sse.Prefetch0(at);
            }
        }
    }

    // A vector that crosses the end of a cache line takes longer.
    private static float* Align(float* start) => (float*)(((nint)start + 63) & ~63);

    private static int[] Starts(int length, int dilation)
    {
        int[] starts = new int[CountAlong(length, dilation)];
        int count = 0;
        for (int first = 0; first < Math.Min(dilation, length); first++)
        {
            for (int at = first; at < length; at += WinogradSize.Output * dilation)
            {
                starts[count++] = at;
            }
        }

        return starts;
    }
}
