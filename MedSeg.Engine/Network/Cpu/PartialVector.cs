using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Reads and writes the channels of a pixel in vectors of eight, of which the last may have fewer, and touches no memory beyond them. Networks have few
/// channels where they have most pixels, such as the probabilities of six ROIs and the background.
/// </summary>
internal readonly unsafe struct PartialVector
{
    /// <summary>The number of values of a whole vector.</summary>
    public const int Width = 8;

    private readonly Vector256<int> _mask;

    // The lanes of the last four values, in the lower half.
    private readonly Vector256<int> _lastFour;
    private readonly int _count;

    /// <summary>Initializes a new instance of the <see cref="PartialVector"/> struct.</summary>
    /// <param name="channels">The number of channels of a pixel; the last vector has what whole ones leave over.</param>
    public PartialVector(int channels)
    {
        _count = channels - ((Vectors(channels) - 1) * Width);
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        _mask = Vector256.LessThan(lanes, Vector256.Create(_count));
        _lastFour = lanes + Vector256.Create(Math.Max(0, _count - Vector128<float>.Count));
    }

    /// <summary>Gets the lanes that exist, as a mask for <see cref="Vector256.ConditionalSelect"/>.</summary>
    public Vector256<float> Mask => _mask.AsSingle();

    /// <summary>Returns how many vectors a pixel has.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int Vectors(int channels) => (channels + Width - 1) / Width;

    /// <summary>Reads the last vector of a pixel; the values beyond are zeros.</summary>
    /// <param name="from">The first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load(float* from) => Avx.IsSupported ? Avx.MaskLoad(from, Mask) : LoadEach(from);

    /// <summary>Writes the last vector of a pixel.</summary>
    /// <param name="value">The values; those beyond are ignored.</param>
    /// <param name="to">Receives the values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector256<float> value, float* to)
    {
        if (_count >= Vector128<float>.Count)
        {
            // The two halves overlap. Stores with a mask take ten times as long on some CPUs.
            value.GetLower().Store(to);
            Vector256.Shuffle(value, _lastFour).GetLower().Store(to + _count - Vector128<float>.Count);
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            to[i] = value[i];
        }
    }

    private Vector256<float> LoadEach(float* from)
    {
        Vector256<float> value = Vector256<float>.Zero;
        for (int i = 0; i < _count; i++)
        {
            value = value.WithElement(i, from[i]);
        }

        return value;
    }
}
