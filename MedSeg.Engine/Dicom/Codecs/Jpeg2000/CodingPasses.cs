using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The three coding passes over the bit-planes of a code-block (T.800, D.3), stripe by stripe of four rows.
/// <para>
/// Coefficients of a column are decoded from a mask of those that take part in the pass, which has a bit for each row at
/// three times its number: the shift that <see cref="ColumnFlags"/> needs. The passes are compiled with all optimizations
/// from the start, as one frame may be all that a process decodes.
/// </para>
/// </summary>
internal readonly unsafe struct CodingPasses
{
    private readonly ulong* _flags;
    private readonly int* _coefficients;
    private readonly ulong* _contexts;
    private readonly byte* _zeroCoding;
    private readonly int _width;
    private readonly int _height;
    private readonly int _pitch;
    private readonly bool _isVerticallyCausal;

    /// <summary>Initializes the passes of a code-block.</summary>
    /// <param name="flags">The flags, all 0.</param>
    /// <param name="coefficients">The coefficients, all 0, as <see cref="CodeBlockCoefficients"/> describes.</param>
    /// <param name="contexts">The states of the contexts.</param>
    /// <param name="block">The code-block.</param>
    /// <param name="orientation">The subband.</param>
    /// <param name="style">The style.</param>
    public CodingPasses(ulong* flags, int* coefficients, ulong* contexts, CodeBlock block, Orientation orientation, CodeBlockStyle style)
    {
        _flags = flags;
        _coefficients = coefficients;
        _contexts = contexts;
        _zeroCoding = CodingContexts.ZeroCoding(orientation);
        _width = block.Area.Width;
        _height = block.Area.Height;
        _pitch = CodeBlockCoefficients.Pitch(_width);
        _isVerticallyCausal = (style & CodeBlockStyle.VerticallyCausal) != 0;
    }

    private int Stride => _width + 2;

    /// <summary>Decodes the significance of coefficients next to significant ones (D.3.1).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void PropagateSignificance<TSource>(ref TSource source, int plane)
        where TSource : struct, IDecisionSource
    {
        TSource decisions = source;
        for (int y = 0; y < _height; y += ColumnFlags.StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = Row(y);
            uint rows = ColumnFlags.Rows(_height - y);
            for (ulong* end = flags + _width; flags < end; flags++, column++)
            {
                ulong word = *flags;
                if (word == 0)
                {
                    continue;
                }

                uint insignificant = ~(uint)(word >> ColumnFlags.Self) & rows;
                uint left = ColumnFlags.Neighbourhoods(word) & insignificant;
                uint visited = left;
                while (left != 0)
                {
                    int shift = BitOperations.TrailingZeroCount(left);
                    left &= left - 1;
                    if (IsSignificant(ref decisions, word, shift))
                    {
                        word = BecomeSignificant(ref decisions, flags, word, shift, column, plane);

                        // The coefficient below has a significant neighbour now.
                        uint below = (1u << (shift + ColumnFlags.RowBits)) & insignificant;
                        left |= below;
                        visited |= below;
                    }
                }

                *flags = word | ((ulong)visited << ColumnFlags.Visited);
            }
        }

        source = decisions;
    }

    /// <summary>Adds a bit to the coefficients that were significant before this bit-plane (D.3.3).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void RefineMagnitudes<TSource>(ref TSource source, int plane)
        where TSource : struct, IDecisionSource
    {
        TSource decisions = source;
        ulong* contexts = _contexts + CodingContexts.Magnitude;
        int half = 1 << plane;
        for (int y = 0; y < _height; y += ColumnFlags.StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = Row(y);
            for (ulong* end = flags + _width; flags < end; flags++, column++)
            {
                ulong word = *flags;
                uint left = (uint)(word >> ColumnFlags.Self) & ~(uint)(word >> ColumnFlags.Visited) & ColumnFlags.AllRows;
                if (left == 0)
                {
                    continue;
                }

                uint refined = (uint)(word >> ColumnFlags.Refined) & ColumnFlags.AllRows;
                uint contextBits = (refined << 1) | (ColumnFlags.OtherNeighbours(word) & ~refined);
                *flags = word | ((ulong)left << ColumnFlags.Refined);
                do
                {
                    int shift = BitOperations.TrailingZeroCount(left);
                    left &= left - 1;
                    uint bit = decisions.DecideEvenly(ref contexts[(contextBits >> shift) & 3]);

                    // The middle of the upper or lower half, away from or towards 0.
                    int isLower = (int)bit - 1;
                    column[shift * _pitch] += (half ^ isLower) - isLower;
                }
                while (left != 0);
            }
        }

        source = decisions;
    }

    /// <summary>Decodes the significance of all other coefficients (D.3.4).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void CleanUp(ref MqDecoder source, int plane)
    {
        MqDecoder decisions = source;
        for (int y = 0; y < _height; y += ColumnFlags.StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = Row(y);
            uint rows = ColumnFlags.Rows(_height - y);
            for (ulong* end = flags + _width; flags < end; flags++, column++)
            {
                ulong word = *flags;
                uint left;
                if (word == 0 && rows == ColumnFlags.AllRows)
                {
                    int first = TakeRun(ref decisions);
                    if (first < 0)
                    {
                        continue;
                    }

                    word = BecomeSignificant(ref decisions, flags, word, first, column, plane);
                    left = ColumnFlags.AllRows & (uint)(-2 << first);
                }
                else
                {
                    left = ~((uint)(word >> ColumnFlags.Self) | (uint)(word >> ColumnFlags.Visited)) & rows;
                }

                while (left != 0)
                {
                    int shift = BitOperations.TrailingZeroCount(left);
                    left &= left - 1;
                    if (IsSignificant(ref decisions, word, shift))
                    {
                        word = BecomeSignificant(ref decisions, flags, word, shift, column, plane);
                    }
                }

                *flags = word & ~((ulong)ColumnFlags.AllRows << ColumnFlags.Visited);
            }
        }

        source = decisions;
    }

    /// <summary>Reads the four bits of the segmentation symbol at the end of a cleanup pass (D.5).</summary>
    /// <returns>Whether they are as expected.</returns>
    public bool TakeSegmentationSymbol(ref MqDecoder source)
    {
        uint symbol = 0;
        for (int i = 0; i < 4; i++)
        {
            symbol = (symbol << 1) | source.Decide(ref _contexts[CodingContexts.Uniform]);
        }

        return symbol == 0b1010;
    }

    /// <summary>Decodes where a column of four coefficients without significant neighbours has its first significant one.</summary>
    /// <returns>Three times its row, or -1 if there is none, which takes one decision.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeRun(ref MqDecoder decisions)
    {
        if (decisions.Decide(ref _contexts[CodingContexts.RunLength]) == 0)
        {
            return -1;
        }

        uint row = decisions.Decide(ref _contexts[CodingContexts.Uniform]) << 1;
        row |= decisions.Decide(ref _contexts[CodingContexts.Uniform]);
        return ColumnFlags.RowBits * (int)row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSignificant<TSource>(ref TSource decisions, ulong word, int shift)
        where TSource : struct, IDecisionSource =>
        decisions.Decide(ref _contexts[_zeroCoding[(uint)(word >> shift) & CodingContexts.Neighbours]]) != 0;

    /// <summary>Decodes the sign of a coefficient (D.3.2) and updates the flags of its neighbours.</summary>
    /// <param name="decisions">The source.</param>
    /// <param name="flags">The flags of the column.</param>
    /// <param name="word">Their value, which is changed by the caller.</param>
    /// <param name="shift">Three times the row in the stripe.</param>
    /// <param name="column">The coefficient in the stripe's first row.</param>
    /// <param name="plane">The bit-plane.</param>
    /// <returns>The new flags of the column.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong BecomeSignificant<TSource>(ref TSource decisions, ulong* flags, ulong word, int shift, int* column, int plane)
        where TSource : struct, IDecisionSource
    {
        uint sign;
        if (TSource.IsRaw)
        {
            sign = decisions.Decide(ref *_contexts);
        }
        else
        {
            uint context = CodingContexts.SignCoding[ColumnFlags.SignIndex(word >> shift)];
            sign = decisions.DecideEvenly(ref _contexts[context & 0x7F]) ^ (context >> 7);
        }

        column[shift * _pitch] = (3 << plane) | (int)(sign << CodeBlockCoefficients.SignBit);
        ulong mark = ColumnFlags.Mark(sign);
        ulong moved = mark << shift;
        flags[-1] |= moved << 5;
        flags[1] |= moved << 3;
        if (shift == 0)
        {
            if (!_isVerticallyCausal)
            {
                ulong* above = flags - Stride;
                above[-1] |= mark << 17;
                above[0] |= mark << 16;
                above[1] |= mark << 15;
            }
        }
        else if (shift == ColumnFlags.LastRow)
        {
            ulong* below = flags + Stride;
            below[-1] |= mark << 2;
            below[0] |= mark << 1;
            below[1] |= mark;
        }

        return word | (moved << 4);
    }

    private ulong* Stripe(int y) => _flags + (((y / ColumnFlags.StripeHeight) + 1) * Stride) + 1;

    private int* Row(int y) => _coefficients + (y * CodeBlockCoefficients.RowLength(_width));
}
