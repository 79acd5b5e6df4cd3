using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The three coding passes over the bit-planes of a code-block (T.800, D.3), stripe by stripe of four rows.
/// <para>
/// Four coefficients in a column share one word of flags. Its bits 0 to 17 are the significance of the 6 × 3
/// coefficients from the row above the four to the row below, and from the column on the left to the one on the right;
/// bits 18 to 35 are their signs; then three bits for each of the four: visited in this bit-plane, refined before, and
/// one unused. Shifting a word right by three times the row moves the neighbourhood of each coefficient to the same bits.
/// Border words on all sides avoid special cases at the edges.
/// </para>
/// </summary>
internal readonly unsafe struct CodingPasses
{
    public const int StripeHeight = 4;

    private const ulong Self = 1 << 4;
    private const int SignShift = 18;
    private const ulong Visited = 1UL << 36;
    private const ulong Refined = 1UL << 37;
    private const ulong AllSelves = Self | (Self << 3) | (Self << 6) | (Self << 9);
    private const ulong AllVisited = Visited | (Visited << 3) | (Visited << 6) | (Visited << 9);

    private readonly ulong* _flags;
    private readonly int* _coefficients;
    private readonly uint* _contexts;
    private readonly byte* _zeroCoding;
    private readonly int _width;
    private readonly int _height;
    private readonly bool _isVerticallyCausal;

    /// <summary>Initializes the passes of a code-block.</summary>
    /// <param name="flags">The flags, all 0.</param>
    /// <param name="coefficients">The coefficients row by row, all 0, times two: the lowest bit is the middle of the last interval.</param>
    /// <param name="contexts">The states of the contexts.</param>
    /// <param name="block">The code-block.</param>
    /// <param name="orientation">The subband.</param>
    /// <param name="style">The style.</param>
    public CodingPasses(ulong* flags, int* coefficients, uint* contexts, CodeBlock block, Orientation orientation, CodeBlockStyle style)
    {
        _flags = flags;
        _coefficients = coefficients;
        _contexts = contexts;
        _zeroCoding = CodingContexts.ZeroCoding(orientation);
        _width = block.Area.Width;
        _height = block.Area.Height;
        _isVerticallyCausal = (style & CodeBlockStyle.VerticallyCausal) != 0;
    }

    private int Stride => _width + 2;

    /// <summary>Gets the number of words of flags of a code-block.</summary>
    public static int FlagCount(int width, int height) => (width + 2) * (((height + StripeHeight - 1) / StripeHeight) + 2);

    /// <summary>Decodes the significance of coefficients next to significant ones (D.3.1).</summary>
    public void PropagateSignificance<TSource>(ref TSource source, int plane)
        where TSource : struct, IDecisionSource
    {
        TSource decisions = source;
        int value = 3 << plane;
        for (int y = 0; y < _height; y += StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = _coefficients + (y * _width);
            int rows = Math.Min(StripeHeight, _height - y);
            for (int x = 0; x < _width; x++, flags++, column++)
            {
                if (*flags == 0)
                {
                    continue;
                }

                for (int row = 0; row < rows; row++)
                {
                    uint neighbourhood = (uint)(*flags >> (3 * row));
                    if ((neighbourhood & Self) == 0 && (neighbourhood & CodingContexts.Neighbours) != 0)
                    {
                        if (decisions.Decide(_contexts + _zeroCoding[neighbourhood & CodingContexts.Neighbours]) != 0)
                        {
                            column[row * _width] = BecomeSignificant(ref decisions, flags, row, value);
                        }

                        *flags |= Visited << (3 * row);
                    }
                }
            }
        }

        source = decisions;
    }

    /// <summary>Adds a bit to the coefficients that were significant before this bit-plane (D.3.3).</summary>
    public void RefineMagnitudes<TSource>(ref TSource source, int plane)
        where TSource : struct, IDecisionSource
    {
        TSource decisions = source;
        int half = 1 << plane;
        for (int y = 0; y < _height; y += StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = _coefficients + (y * _width);
            int rows = Math.Min(StripeHeight, _height - y);
            for (int x = 0; x < _width; x++, flags++, column++)
            {
                if ((*flags & AllSelves) == 0)
                {
                    continue;
                }

                for (int row = 0; row < rows; row++)
                {
                    ulong word = *flags >> (3 * row);
                    if ((word & (Self | Visited)) == Self)
                    {
                        uint bit = decisions.Decide(_contexts + CodingContexts.Magnitude((uint)word, (word & Refined) != 0));
                        int value = column[row * _width];

                        // The middle of the upper or lower half, away from or towards 0.
                        column[row * _width] = value + ((bit != 0) == (value > 0) ? half : -half);
                        *flags |= Refined << (3 * row);
                    }
                }
            }
        }

        source = decisions;
    }

    /// <summary>Decodes the significance of all other coefficients (D.3.4).</summary>
    public void CleanUp(ref MqDecoder source, int plane)
    {
        MqDecoder decisions = source;
        int value = 3 << plane;
        for (int y = 0; y < _height; y += StripeHeight)
        {
            ulong* flags = Stripe(y);
            int* column = _coefficients + (y * _width);
            int rows = Math.Min(StripeHeight, _height - y);
            for (int x = 0; x < _width; x++, flags++, column++)
            {
                int row = 0;
                bool isKnown = false;
                if (*flags == 0 && rows == StripeHeight)
                {
                    // Four coefficients without significant neighbours: one decision tells whether all stay insignificant.
                    if (decisions.Decide(_contexts + CodingContexts.RunLength) == 0)
                    {
                        continue;
                    }

                    row = (int)decisions.Decide(_contexts + CodingContexts.Uniform) << 1;
                    row |= (int)decisions.Decide(_contexts + CodingContexts.Uniform);
                    isKnown = true;
                }

                for (; row < rows; row++)
                {
                    ulong word = *flags >> (3 * row);
                    if ((word & (Self | Visited)) == 0)
                    {
                        if (isKnown || decisions.Decide(_contexts + _zeroCoding[(uint)word & CodingContexts.Neighbours]) != 0)
                        {
                            column[row * _width] = BecomeSignificant(ref decisions, flags, row, value);
                            isKnown = false;
                        }
                    }
                }

                *flags &= ~AllVisited;
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
            symbol = (symbol << 1) | source.Decide(_contexts + CodingContexts.Uniform);
        }

        return symbol == 0b1010;
    }

    /// <summary>Decodes the sign of a coefficient (D.3.2) and updates the flags of its neighbours.</summary>
    /// <returns>The coefficient with its sign.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BecomeSignificant<TSource>(ref TSource decisions, ulong* flags, int row, int value)
        where TSource : struct, IDecisionSource
    {
        uint sign;
        if (TSource.IsRaw)
        {
            sign = decisions.Decide(_contexts);
        }
        else
        {
            ulong word = *flags >> (3 * row);
            uint index = ((uint)word & CodingContexts.DirectNeighbours) | ((uint)(word >> (SignShift + 1)) & (CodingContexts.DirectNeighbours >> 1));
            uint context = CodingContexts.SignCoding[index];
            sign = decisions.Decide(_contexts + (context & 0x7F)) ^ (context >> 7);
        }

        ulong mark = 1 | ((ulong)sign << SignShift);
        flags[-1] |= mark << ((3 * row) + 5);
        flags[0] |= mark << ((3 * row) + 4);
        flags[1] |= mark << ((3 * row) + 3);
        if (row == 0 && !_isVerticallyCausal)
        {
            ulong* above = flags - Stride;
            above[-1] |= mark << 17;
            above[0] |= mark << 16;
            above[1] |= mark << 15;
        }

        if (row == StripeHeight - 1)
        {
            ulong* below = flags + Stride;
            below[-1] |= mark << 2;
            below[0] |= mark << 1;
            below[1] |= mark;
        }

        return sign != 0 ? -value : value;
    }

    private ulong* Stripe(int y) => _flags + (((y / StripeHeight) + 1) * Stride) + 1;
}
