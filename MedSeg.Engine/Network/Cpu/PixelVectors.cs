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
    }

    /// <summary>Gets the number of vectors of a pixel.</summary>
    public int Count { get; }

    /// <summary>Reads a vector of a pixel; the values beyond the last channel are zeros.</summary>
    /// <param name="pixel">The pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load(float* pixel, int index)
    {
        float* from = pixel + (index * Width);
        return index < Count - 1 ? Vector256.Load(from) : Avx.IsSupported ? Avx.MaskLoad(from, _mask.AsSingle()) : LoadEach(from);
    }

    /// <summary>Returns a vector with other values beyond the last channel.</summary>
    /// <param name="value">The values.</param>
    /// <param name="index">The index of the vector.</param>
    /// <param name="beyond">The values beyond the last channel.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Fill(Vector256<float> value, int index, float beyond) =>
        index < Count - 1 ? value : Vector256.ConditionalSelect(_mask.AsSingle(), value, Vector256.Create(beyond));

    /// <summary>Writes a vector of a pixel.</summary>
    /// <param name="value">The values; those beyond the last channel are ignored.</param>
    /// <param name="pixel">Receives the values; the pixel's first channel.</param>
    /// <param name="index">The index of the vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector256<float> value, float* pixel, int index)
    {
        float* to = pixel + (index * Width);
        if (index < Count - 1)
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

    private Vector256<float> LoadEach(float* from)
    {
        Vector256<float> value = Vector256<float>.Zero;
        for (int i = 0; i < _left; i++)
        {
            value = value.WithElement(i, from[i]);
        }

        return value;
    }
}
