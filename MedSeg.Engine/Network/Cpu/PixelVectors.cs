using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Reads and writes the channels of a pixel in vectors of eight, of which the last may have fewer, and touches no memory beyond them. Networks have few
/// channels where they have most pixels, such as the probabilities of six ROIs and the background.
/// </summary>
internal readonly unsafe struct PixelVectors
{
    /// <summary>The number of values of a whole vector.</summary>
    public const int Width = 8;

    private readonly Vector256<int> _mask;

    // The lanes of the last four values of the last vector, in the lower half.
    private readonly Vector256<int> _lastFour;

    // The lanes of the first four values and the last four, one after the other, that give the last vector.
    private readonly Vector256<int> _joined;
    private readonly int _left;

    /// <summary>Initializes a new instance of the <see cref="PixelVectors"/> struct.</summary>
    /// <param name="channels">The number of channels of a pixel.</param>
    public PixelVectors(int channels)
    {
        Count = (channels + Width - 1) / Width;
        _left = channels - ((Count - 1) * Width);
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        _mask = Vector256.LessThan(lanes, Vector256.Create(_left));
        _lastFour = lanes + Vector256.Create(Math.Max(0, _left - Vector128<float>.Count));
        _joined = Vector256.ConditionalSelect(Vector256.LessThan(lanes, Vector256.Create(Vector128<float>.Count)), lanes, lanes + Vector256.Create(Width - _left));
    }

    /// <summary>Gets the number of vectors of a pixel.</summary>
    public int Count { get; }

    /// <summary>Reads a vector of a pixel; the values beyond the last channel are zeros.</summary>
    /// <param name="pixel">The pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load(float* pixel, int index) => Load<Float32Format>((byte*)pixel, index);

    /// <summary>Reads a vector of a pixel in any format; the values beyond the last channel are zeros.</summary>
    /// <typeparam name="TFormat">The format.</typeparam>
    /// <param name="pixel">The pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load<TFormat>(byte* pixel, int index)
        where TFormat : struct, IImageFormat
    {
        byte* from = pixel + (index * Width * TFormat.Size);
        bool isWhole = IsWhole(index);
        return TFormat.Size < sizeof(float)
            ? isWhole ? TFormat.Load<Avx2Lanes, Vector256<float>>(from) : LoadNarrow<TFormat>(from)
            : isWhole ? Vector256.Load((float*)from)
            : Avx.IsSupported ? Avx.MaskLoad((float*)from, _mask.AsSingle())
            : LoadEach<TFormat>(from);
    }

    /// <summary>Writes a vector of a pixel.</summary>
    /// <param name="value">The values; those beyond the last channel are ignored.</param>
    /// <param name="pixel">Receives the values; the pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector256<float> value, float* pixel, int index) => Store<Float32Format>(value, (byte*)pixel, index);

    /// <summary>Writes a vector of a pixel in any format.</summary>
    /// <typeparam name="TFormat">The format.</typeparam>
    /// <param name="value">The values; those beyond the last channel are ignored.</param>
    /// <param name="pixel">Receives the values; the pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TFormat>(Vector256<float> value, byte* pixel, int index)
        where TFormat : struct, IImageFormat
    {
        byte* to = pixel + (index * Width * TFormat.Size);
        if (TFormat.Size == sizeof(float))
        {
            Store(value, (float*)to, IsWhole(index));
        }
        else if (IsWhole(index))
        {
            TFormat.Store<Avx2Lanes, Vector256<float>>(value, to);
        }
        else
        {
            StoreNarrow<TFormat>(value, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWhole(int index) => index < Count - 1 || _left == Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(Vector256<float> value, float* to, bool isWhole)
    {
        if (isWhole)
        {
            value.Store(to);
        }
        else if (_left >= Vector128<float>.Count)
        {
            // The two halves overlap. Stores with a mask take ten times as long on some CPUs.
            value.GetLower().Store(to);
            Vector256.Shuffle(value, _lastFour).GetLower().Store(to + _left - Vector128<float>.Count);
        }
        else
        {
            for (int i = 0; i < _left; i++)
            {
                to[i] = value[i];
            }
        }
    }

    // Values of 16 bits, fewer than eight: the first four and the last four overlap.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> LoadNarrow<TFormat>(byte* from)
        where TFormat : struct, IImageFormat
    {
        if (_left < Vector128<float>.Count || !Avx2.IsSupported)
        {
            return LoadEach<TFormat>(from);
        }

        Vector128<float> first = TFormat.Load<Vector128Lanes, Vector128<float>>(from);
        Vector128<float> last = TFormat.Load<Vector128Lanes, Vector128<float>>(from + ((_left - Vector128<float>.Count) * TFormat.Size));
        return Avx2.PermuteVar8x32(Vector256.Create(first, last), _joined) & _mask.AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreNarrow<TFormat>(Vector256<float> value, byte* to)
        where TFormat : struct, IImageFormat
    {
        if (_left >= Vector128<float>.Count)
        {
            TFormat.Store<Vector128Lanes, Vector128<float>>(value.GetLower(), to);
            TFormat.Store<Vector128Lanes, Vector128<float>>(Vector256.Shuffle(value, _lastFour).GetLower(), to + ((_left - Vector128<float>.Count) * TFormat.Size));
            return;
        }

        for (int i = 0; i < _left; i++)
        {
            TFormat.StoreOne(value[i], to + (i * TFormat.Size));
        }
    }

    private Vector256<float> LoadEach<TFormat>(byte* from)
        where TFormat : struct, IImageFormat
    {
        float* values = stackalloc float[Width];
        for (int i = 0; i < Width; i++)
        {
            values[i] = i < _left ? TFormat.LoadOne(from + (i * TFormat.Size)) : 0;
        }

        return Vector256.Load(values);
    }
}
