using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The transforms of Winograd's minimal filtering F(4×4, 3×3) (Lavin &amp; Gray 2016) with the points 0, ±5/8, ±3/2 and ∞: the error of the
/// usual points 0, ±1, ±2 and ∞ is twice as large. A result tile is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. Each method transforms eight
/// channels of a tile: columns first, then rows.
/// </summary>
internal static unsafe class WinogradTransform
{
    /// <summary>The rows and columns of a tile of the result.</summary>
    public const int Output = 4;

    /// <summary>The rows and columns of a tile of the input.</summary>
    public const int Input = 6;

    /// <summary>The points at which a tile is multiplied.</summary>
    public const int Points = Input * Input;

    /// <summary>The values that a transform keeps between its two halves.</summary>
    public const int Between = Points * Vector;

    private const int Vector = 8;
    private const double P = 0.625;
    private const double Q = 1.5;
    private const float P1 = (float)P;
    private const float Q1 = (float)Q;
    private const float P2 = (float)(P * P);
    private const float Q2 = (float)(Q * Q);
    private const float P3 = (float)(P * P * P);
    private const float Q3 = (float)(Q * Q * Q);
    private const float Sum = (float)((P * P) + (Q * Q));
    private const float Product = (float)(P * P * Q * Q);
    private const float Inverse = (float)(1 / (P * P * Q * Q));
    private const float InverseP = (float)(1 / (2 * P * P * ((P * P) - (Q * Q))));
    private const float InverseQ = (float)(1 / (2 * Q * Q * ((Q * Q) - (P * P))));
    private const float OddP = (float)(1 / (2 * P * ((P * P) - (Q * Q))));
    private const float OddQ = (float)(1 / (2 * Q * ((Q * Q) - (P * P))));

    /// <summary>Transforms a tile of the input: V = Bᵀ d B.</summary>
    /// <param name="from">The first of the 6 × 6 pixels.</param>
    /// <param name="row">The distance between rows, in values.</param>
    /// <param name="column">The distance between columns, in values.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for <see cref="Between"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput(float* from, nint row, nint column, float* to, nint point, float* between)
    {
        for (int j = 0; j < Input; j++)
        {
            InputLine(from + (j * column), row, between + (j * Vector), Input * Vector);
        }

        for (int i = 0; i < Input; i++)
        {
            InputLine(between + (i * Input * Vector), Vector, to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms products back to a tile of the result: Aᵀ M A.</summary>
    /// <param name="from">The product at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="to">Receives the 4 × 4 pixels.</param>
    /// <param name="row">The distance between rows, in values.</param>
    /// <param name="column">The distance between columns, in values.</param>
    /// <param name="between">Memory for <see cref="Between"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput(float* from, nint point, float* to, nint row, nint column, float* between)
    {
        for (int j = 0; j < Input; j++)
        {
            OutputLine(from + (j * point), Input * point, between + (j * Vector), Input * Vector);
        }

        for (int i = 0; i < Output; i++)
        {
            OutputLine(between + (i * Input * Vector), Vector, to + (i * row), column);
        }
    }

    /// <summary>Transforms a tile of the result's gradient: A e Aᵀ, the transpose of <see cref="TransformOutput"/>.</summary>
    /// <param name="from">The first of the 4 × 4 pixels.</param>
    /// <param name="row">The distance between rows, in values.</param>
    /// <param name="column">The distance between columns, in values.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for <see cref="Between"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient(float* from, nint row, nint column, float* to, nint point, float* between)
    {
        for (int j = 0; j < Output; j++)
        {
            GradientLine(from + (j * column), row, between + (j * Vector), Output * Vector);
        }

        for (int i = 0; i < Input; i++)
        {
            GradientLine(between + (i * Output * Vector), Vector, to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms weights: U = G g Gᵀ.</summary>
    /// <param name="from">The first of the 3 × 3 taps.</param>
    /// <param name="tap">The distance between taps, in values.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for <see cref="Between"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformWeights(float* from, nint tap, float* to, nint point, float* between)
    {
        for (int j = 0; j < 3; j++)
        {
            WeightLine(from + (j * tap), 3 * tap, between + (j * Vector), 3 * Vector);
        }

        for (int i = 0; i < Input; i++)
        {
            WeightLine(between + (i * 3 * Vector), Vector, to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms the gradient of transformed weights to that of the weights: Gᵀ dU G, the transpose of <see cref="TransformWeights"/>.</summary>
    /// <param name="from">The value at the first of the 36 points, eight values apart.</param>
    /// <param name="to">Receives the 3 × 3 taps, eight values apart.</param>
    /// <param name="between">Memory for <see cref="Between"/> values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformWeightGradient(float* from, float* to, float* between)
    {
        for (int j = 0; j < Input; j++)
        {
            WeightGradientLine(from + (j * Vector), Input * Vector, between + (j * Vector), Input * Vector);
        }

        for (int i = 0; i < 3; i++)
        {
            WeightGradientLine(between + (i * Input * Vector), Vector, to + (i * 3 * Vector), Vector);
        }
    }

    // Bᵀ d for a column of six pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(float* from, nint step, float* to, nint stepTo)
    {
        Vector256<float> d0 = Vector256.Load(from), d1 = Vector256.Load(from + step), d2 = Vector256.Load(from + (2 * step));
        Vector256<float> d3 = Vector256.Load(from + (3 * step)), d4 = Vector256.Load(from + (4 * step)), d5 = Vector256.Load(from + (5 * step));
        Vector256<float> product = Vector256.Create(Product), sum = Vector256.Create(Sum);
        Fma.MultiplyAdd(product, d0, Fma.MultiplyAddNegated(sum, d2, d4)).Store(to);
        Fma.MultiplyAdd(product, d1, Fma.MultiplyAddNegated(sum, d3, d5)).Store(to + (5 * stepTo));
        Vector256<float> q2 = Vector256.Create(Q2), p2 = Vector256.Create(P2);
        Pair(Vector256.Create(P1), Fma.MultiplyAddNegated(q2, d2, d4), Fma.MultiplyAddNegated(q2, d1, d3), to + stepTo, stepTo);
        Pair(Vector256.Create(Q1), Fma.MultiplyAddNegated(p2, d2, d4), Fma.MultiplyAddNegated(p2, d1, d3), to + (3 * stepTo), stepTo);
    }

    // Aᵀ m for a column of six products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine(float* from, nint step, float* to, nint stepTo)
    {
        Vector256<float> plus = Vector256.Load(from + step), minus = Vector256.Load(from + (2 * step));
        Vector256<float> evenP = plus + minus, oddP = plus - minus;
        (plus, minus) = (Vector256.Load(from + (3 * step)), Vector256.Load(from + (4 * step)));
        Vector256<float> evenQ = plus + minus, oddQ = plus - minus;
        (Vector256.Load(from) + evenP + evenQ).Store(to);
        Fma.MultiplyAdd(Vector256.Create(P1), oddP, Vector256.Create(Q1) * oddQ).Store(to + stepTo);
        Fma.MultiplyAdd(Vector256.Create(P2), evenP, Vector256.Create(Q2) * evenQ).Store(to + (2 * stepTo));
        Fma.MultiplyAdd(Vector256.Create(P3), oddP, Fma.MultiplyAdd(Vector256.Create(Q3), oddQ, Vector256.Load(from + (5 * step)))).Store(to + (3 * stepTo));
    }

    // A e for a column of four pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine(float* from, nint step, float* to, nint stepTo)
    {
        Vector256<float> e0 = Vector256.Load(from), e1 = Vector256.Load(from + step), e2 = Vector256.Load(from + (2 * step)), e3 = Vector256.Load(from + (3 * step));
        e0.Store(to);
        e3.Store(to + (5 * stepTo));
        Vector256<float> p2 = Vector256.Create(P2), q2 = Vector256.Create(Q2);
        Pair(Vector256.Create(P1), Fma.MultiplyAdd(p2, e2, e0), Fma.MultiplyAdd(p2, e3, e1), to + stepTo, stepTo);
        Pair(Vector256.Create(Q1), Fma.MultiplyAdd(q2, e2, e0), Fma.MultiplyAdd(q2, e3, e1), to + (3 * stepTo), stepTo);
    }

    // G g for a column of three taps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine(float* from, nint step, float* to, nint stepTo)
    {
        Vector256<float> g0 = Vector256.Load(from), g1 = Vector256.Load(from + step), g2 = Vector256.Load(from + (2 * step));
        (g0 * Vector256.Create(Inverse)).Store(to);
        g2.Store(to + (5 * stepTo));
        Vector256<float> evenP = Fma.MultiplyAdd(g2, Vector256.Create(P2), g0) * Vector256.Create(InverseP);
        Vector256<float> evenQ = Fma.MultiplyAdd(g2, Vector256.Create(Q2), g0) * Vector256.Create(InverseQ);
        Pair(Vector256.Create(OddP), evenP, g1, to + stepTo, stepTo);
        Pair(Vector256.Create(OddQ), evenQ, g1, to + (3 * stepTo), stepTo);
    }

    // Gᵀ u for a column of six values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightGradientLine(float* from, nint step, float* to, nint stepTo)
    {
        Vector256<float> plus = Vector256.Load(from + step), minus = Vector256.Load(from + (2 * step));
        Vector256<float> evenP = (plus + minus) * Vector256.Create(InverseP), oddP = (plus - minus) * Vector256.Create(OddP);
        (plus, minus) = (Vector256.Load(from + (3 * step)), Vector256.Load(from + (4 * step)));
        Vector256<float> evenQ = (plus + minus) * Vector256.Create(InverseQ), oddQ = (plus - minus) * Vector256.Create(OddQ);
        Fma.MultiplyAdd(Vector256.Load(from), Vector256.Create(Inverse), evenP + evenQ).Store(to);
        (oddP + oddQ).Store(to + stepTo);
        Fma.MultiplyAdd(Vector256.Create(P2), evenP, Fma.MultiplyAdd(Vector256.Create(Q2), evenQ, Vector256.Load(from + (5 * step)))).Store(to + (2 * stepTo));
    }

    // The values at a point and at the same with the other sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(Vector256<float> factor, Vector256<float> even, Vector256<float> odd, float* to, nint step)
    {
        Fma.MultiplyAdd(factor, odd, even).Store(to);
        Fma.MultiplyAddNegated(factor, odd, even).Store(to + step);
    }
}
