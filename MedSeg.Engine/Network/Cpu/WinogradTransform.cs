using System.Runtime.CompilerServices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The transforms of Winograd's minimal filtering F(4×4, 3×3) (Lavin &amp; Gray 2016) with the points 0, ±5/8, ±3/2 and ∞: the error of the
/// usual points 0, ±1, ±2 and ∞ is twice as large. A result tile is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. Each method transforms as
/// many channels of a tile as a vector has lanes: columns first, then rows.
/// </summary>
/// <typeparam name="TLanes">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class WinogradTransform<TLanes, TVector>
    where TLanes : struct, IFusedLanes<TVector>
    where TVector : struct
{
    private const int Output = WinogradSize.Output;
    private const int Input = WinogradSize.Input;
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
    /// <typeparam name="TFormat">The format of the pixels.</typeparam>
    /// <param name="from">The first of the 6 × 6 pixels.</param>
    /// <param name="row">The distance between rows, in bytes.</param>
    /// <param name="column">The distance between columns, in bytes.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for 36 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput<TFormat>(byte* from, nint row, nint column, float* to, nint point, float* between)
        where TFormat : struct, IImageFormat
    {
        for (int j = 0; j < Input; j++)
        {
            InputLine<TFormat>(from + (j * column), row, between + (j * TLanes.Count), Input * TLanes.Count);
        }

        for (int i = 0; i < Input; i++)
        {
            InputLine<Float32Format>((byte*)(between + (i * Input * TLanes.Count)), TLanes.Count * sizeof(float), to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms products back to a tile of the result: Aᵀ M A.</summary>
    /// <param name="from">The product at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="to">Receives the 4 × 4 pixels.</param>
    /// <param name="row">The distance between rows, in values.</param>
    /// <param name="column">The distance between columns, in values.</param>
    /// <param name="between">Memory for 36 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput(float* from, nint point, float* to, nint row, nint column, float* between)
    {
        for (int j = 0; j < Input; j++)
        {
            OutputLine(from + (j * point), Input * point, between + (j * TLanes.Count), Input * TLanes.Count);
        }

        for (int i = 0; i < Output; i++)
        {
            OutputLine(between + (i * Input * TLanes.Count), TLanes.Count, to + (i * row), column);
        }
    }

    /// <summary>Transforms a tile of the result's gradient: A e Aᵀ, the transpose of <see cref="TransformOutput"/>.</summary>
    /// <typeparam name="TFormat">The format of the pixels.</typeparam>
    /// <param name="from">The first of the 4 × 4 pixels.</param>
    /// <param name="row">The distance between rows, in bytes.</param>
    /// <param name="column">The distance between columns, in bytes.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for 36 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient<TFormat>(byte* from, nint row, nint column, float* to, nint point, float* between)
        where TFormat : struct, IImageFormat
    {
        for (int j = 0; j < Output; j++)
        {
            GradientLine<TFormat>(from + (j * column), row, between + (j * TLanes.Count), Output * TLanes.Count);
        }

        for (int i = 0; i < Input; i++)
        {
            GradientLine<Float32Format>((byte*)(between + (i * Output * TLanes.Count)), TLanes.Count * sizeof(float), to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms weights: U = G g Gᵀ.</summary>
    /// <param name="from">The first of the 3 × 3 taps.</param>
    /// <param name="tap">The distance between taps, in values.</param>
    /// <param name="to">Receives the value at the first point.</param>
    /// <param name="point">The distance between points, in values.</param>
    /// <param name="between">Memory for 36 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformWeights(float* from, nint tap, float* to, nint point, float* between)
    {
        for (int j = 0; j < 3; j++)
        {
            WeightLine(from + (j * tap), 3 * tap, between + (j * TLanes.Count), 3 * TLanes.Count);
        }

        for (int i = 0; i < Input; i++)
        {
            WeightLine(between + (i * 3 * TLanes.Count), TLanes.Count, to + (i * Input * point), point);
        }
    }

    /// <summary>Transforms the gradient of transformed weights to that of the weights: Gᵀ dU G, the transpose of <see cref="TransformWeights"/>.</summary>
    /// <param name="from">The value at the first of the 36 points, eight values apart.</param>
    /// <param name="to">Receives the 3 × 3 taps, eight values apart.</param>
    /// <param name="between">Memory for 36 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformWeightGradient(float* from, float* to, float* between)
    {
        for (int j = 0; j < Input; j++)
        {
            WeightGradientLine(from + (j * TLanes.Count), Input * TLanes.Count, between + (j * TLanes.Count), Input * TLanes.Count);
        }

        for (int i = 0; i < 3; i++)
        {
            WeightGradientLine(between + (i * Input * TLanes.Count), TLanes.Count, to + (i * 3 * TLanes.Count), TLanes.Count);
        }
    }

    // Bᵀ d for a column of six pixels, whose distance is in bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine<TFormat>(byte* from, nint step, float* to, nint stepTo)
        where TFormat : struct, IImageFormat
    {
        TVector d0 = Load<TFormat>(from), d1 = Load<TFormat>(from + step), d2 = Load<TFormat>(from + (2 * step));
        TVector d3 = Load<TFormat>(from + (3 * step)), d4 = Load<TFormat>(from + (4 * step)), d5 = Load<TFormat>(from + (5 * step));
        TVector product = TLanes.Create(Product), sum = TLanes.Create(Sum);
        TLanes.Store(TLanes.MultiplyAdd(product, d0, TLanes.MultiplyAddNegated(sum, d2, d4)), to);
        TLanes.Store(TLanes.MultiplyAdd(product, d1, TLanes.MultiplyAddNegated(sum, d3, d5)), to + (5 * stepTo));
        TVector q2 = TLanes.Create(Q2), p2 = TLanes.Create(P2);
        Pair(TLanes.Create(P1), TLanes.MultiplyAddNegated(q2, d2, d4), TLanes.MultiplyAddNegated(q2, d1, d3), to + stepTo, stepTo);
        Pair(TLanes.Create(Q1), TLanes.MultiplyAddNegated(p2, d2, d4), TLanes.MultiplyAddNegated(p2, d1, d3), to + (3 * stepTo), stepTo);
    }

    // Aᵀ m for a column of six products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine(float* from, nint step, float* to, nint stepTo)
    {
        TVector plus = TLanes.Load(from + step), minus = TLanes.Load(from + (2 * step));
        TVector evenP = TLanes.Add(plus, minus), oddP = TLanes.Subtract(plus, minus);
        (plus, minus) = (TLanes.Load(from + (3 * step)), TLanes.Load(from + (4 * step)));
        TVector evenQ = TLanes.Add(plus, minus), oddQ = TLanes.Subtract(plus, minus);
        TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Load(from), evenP), evenQ), to);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Create(P1), oddP, TLanes.Multiply(TLanes.Create(Q1), oddQ)), to + stepTo);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Create(P2), evenP, TLanes.Multiply(TLanes.Create(Q2), evenQ)), to + (2 * stepTo));
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Create(P3), oddP, TLanes.MultiplyAdd(TLanes.Create(Q3), oddQ, TLanes.Load(from + (5 * step)))), to + (3 * stepTo));
    }

    // A e for a column of four pixels, whose distance is in bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine<TFormat>(byte* from, nint step, float* to, nint stepTo)
        where TFormat : struct, IImageFormat
    {
        TVector e0 = Load<TFormat>(from), e1 = Load<TFormat>(from + step), e2 = Load<TFormat>(from + (2 * step)), e3 = Load<TFormat>(from + (3 * step));
        TLanes.Store(e0, to);
        TLanes.Store(e3, to + (5 * stepTo));
        TVector p2 = TLanes.Create(P2), q2 = TLanes.Create(Q2);
        Pair(TLanes.Create(P1), TLanes.MultiplyAdd(p2, e2, e0), TLanes.MultiplyAdd(p2, e3, e1), to + stepTo, stepTo);
        Pair(TLanes.Create(Q1), TLanes.MultiplyAdd(q2, e2, e0), TLanes.MultiplyAdd(q2, e3, e1), to + (3 * stepTo), stepTo);
    }

    // G g for a column of three taps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine(float* from, nint step, float* to, nint stepTo)
    {
        TVector g0 = TLanes.Load(from), g1 = TLanes.Load(from + step), g2 = TLanes.Load(from + (2 * step));
        TLanes.Store(TLanes.Multiply(g0, TLanes.Create(Inverse)), to);
        TLanes.Store(g2, to + (5 * stepTo));
        TVector evenP = TLanes.Multiply(TLanes.MultiplyAdd(g2, TLanes.Create(P2), g0), TLanes.Create(InverseP));
        TVector evenQ = TLanes.Multiply(TLanes.MultiplyAdd(g2, TLanes.Create(Q2), g0), TLanes.Create(InverseQ));
        Pair(TLanes.Create(OddP), evenP, g1, to + stepTo, stepTo);
        Pair(TLanes.Create(OddQ), evenQ, g1, to + (3 * stepTo), stepTo);
    }

    // Gᵀ u for a column of six values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightGradientLine(float* from, nint step, float* to, nint stepTo)
    {
        TVector plus = TLanes.Load(from + step), minus = TLanes.Load(from + (2 * step));
        TVector evenP = TLanes.Multiply(TLanes.Add(plus, minus), TLanes.Create(InverseP)), oddP = TLanes.Multiply(TLanes.Subtract(plus, minus), TLanes.Create(OddP));
        (plus, minus) = (TLanes.Load(from + (3 * step)), TLanes.Load(from + (4 * step)));
        TVector evenQ = TLanes.Multiply(TLanes.Add(plus, minus), TLanes.Create(InverseQ)), oddQ = TLanes.Multiply(TLanes.Subtract(plus, minus), TLanes.Create(OddQ));
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(from), TLanes.Create(Inverse), TLanes.Add(evenP, evenQ)), to);
        TLanes.Store(TLanes.Add(oddP, oddQ), to + stepTo);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Create(P2), evenP, TLanes.MultiplyAdd(TLanes.Create(Q2), evenQ, TLanes.Load(from + (5 * step)))), to + (2 * stepTo));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TFormat>(byte* from)
        where TFormat : struct, IImageFormat
        => TFormat.Load<TLanes, TVector>(from);

    // The values at a point and at the same with the other sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(TVector factor, TVector even, TVector odd, float* to, nint step)
    {
        TLanes.Store(TLanes.MultiplyAdd(factor, odd, even), to);
        TLanes.Store(TLanes.MultiplyAddNegated(factor, odd, even), to + step);
    }
}
