using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The values that dropout keeps (Srivastava et al. 2014). A hash of the seed and the index of the value decides, so backpropagation finds the
/// same values without a mask in memory, on any thread.
/// </summary>
internal readonly struct DropoutMask
{
    private static readonly Vector<uint> s_lanes = Lanes();
    private readonly uint _first;
    private readonly uint _second;
    private readonly int _least;

    /// <summary>Initializes a new instance of the <see cref="DropoutMask"/> struct.</summary>
    /// <param name="rate">The fraction that is dropped, at least 0 and below 1.</param>
    /// <param name="seed">The seed; the same seed gives the same mask.</param>
    public DropoutMask(double rate, ulong seed)
    {
        _first = (uint)seed;
        _second = (uint)(seed >> 32);
        _least = (int)(rate * (1u << 31));
        Scale = (float)(1 / (1 - rate));
    }

    /// <summary>Gets the factor of kept values, which preserves the mean.</summary>
    public float Scale { get; }

    /// <summary>Returns the factors of consecutive values: 0 or <see cref="Scale"/>.</summary>
    /// <param name="index">The index of the first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> At(uint index)
    {
        Vector<uint> h = Hash((new Vector<uint>(index) + s_lanes) ^ new Vector<uint>(_first));
        h = Hash(h + new Vector<uint>(_second));
        Vector<int> kept = Vector.GreaterThanOrEqual(Vector.AsVectorInt32(Vector.ShiftRightLogical(h, 1)), new Vector<int>(_least));
        return Vector.ConditionalSelect(kept, new Vector<float>(Scale), Vector<float>.Zero);
    }

    /// <summary>Returns the same for twice as many values, on CPUs with AVX-512.</summary>
    /// <param name="index">The index of the first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At512(uint index)
    {
        Vector512<uint> h = Hash((Vector512.Create(index) + Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)) ^ Vector512.Create(_first));
        h = Hash(h + Vector512.Create(_second));
        Vector512<int> kept = Vector512.GreaterThanOrEqual(Vector512.ShiftRightLogical(h, 1).AsInt32(), Vector512.Create(_least));
        return Vector512.ConditionalSelect(kept.AsSingle(), Vector512.Create(Scale), Vector512<float>.Zero);
    }

    /// <summary>Returns the factor of a value.</summary>
    /// <param name="index">The index of the value.</param>
    public float One(uint index) => (int)(Hash(Hash(index ^ _first) + _second) >> 1) >= _least ? Scale : 0;

    // A bijection of 32 bits without visible patterns (Wellons 2018, lowbias32).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Hash(Vector<uint> h)
    {
        h ^= Vector.ShiftRightLogical(h, 16);
        h *= new Vector<uint>(0x7feb352d);
        h ^= Vector.ShiftRightLogical(h, 15);
        h *= new Vector<uint>(0x846ca68b);
        return h ^ Vector.ShiftRightLogical(h, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Hash(Vector512<uint> h)
    {
        h ^= Vector512.ShiftRightLogical(h, 16);
        h *= Vector512.Create(0x7feb352du);
        h ^= Vector512.ShiftRightLogical(h, 15);
        h *= Vector512.Create(0x846ca68b);
        return h ^ Vector512.ShiftRightLogical(h, 16);
    }

    private static uint Hash(uint h)
    {
        h = (h ^ (h >> 16)) * 0x7feb352d;
        h = (h ^ (h >> 15)) * 0x846ca68b;
        return h ^ (h >> 16);
    }

    private static Vector<uint> Lanes()
    {
        Span<uint> lanes = stackalloc uint[Vector<uint>.Count];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = (uint)i;
        }

        return new Vector<uint>(lanes);
    }
}
