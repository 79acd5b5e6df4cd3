using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedSeg.Network.Cpu;

/// <summary>The larger of two values, by one comparison: .NET's own maximum treats NaN and zeros as the standard says, which takes several operations.</summary>
internal static class VectorMaximum
{
    /// <summary>Returns a where it is larger than b, and b elsewhere; also where one of them is NaN.</summary>
    /// <param name="a">The first values.</param>
    /// <param name="b">The second values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) => Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    /// <summary>Returns the largest value, in all lanes.</summary>
    /// <param name="x">The values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x)
    {
        x = Larger(x, Vector256.Shuffle(x, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3)));
        x = Larger(x, Vector256.Shuffle(x, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)));
        return Larger(x, Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)));
    }
}
