using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The contexts of the coding passes (T.800, D.3) as tables over the 3 × 3 neighbourhood of a coefficient: bits 0 to 8 of
/// an index are set, row by row, for those of the nine that are significant.
/// </summary>
internal static unsafe class CodingContexts
{
    public const int Count = 19;
    public const int SignificanceNone = 0;

    /// <summary>The context of the magnitude's first bit after the leading one; the next is for significant neighbours, and then for later bits (table D.4).</summary>
    public const int Magnitude = 14;
    public const int RunLength = 17;
    public const int Uniform = 18;

    /// <summary>The bits of an index without the coefficient itself.</summary>
    public const uint Neighbours = 0x1EF;

    /// <summary>The bits of the neighbours above, to the left, to the right and below.</summary>
    public const uint DirectNeighbours = 0xAA;

    private const int FirstSign = 9;
    private const int NeighbourhoodCount = 512;

    private static readonly byte[] s_zeroCoding = MakeZeroCoding();
    private static readonly byte[] s_signCoding = MakeSignCoding();
    private static readonly byte* s_firstZeroCoding = (byte*)Unsafe.AsPointer(ref s_zeroCoding[0]);

    /// <summary>Gets, by sign index, the context of the sign (lower 7 bits) and whether the decision is inverted (the upper bit).</summary>
    public static readonly byte* SignCoding = (byte*)Unsafe.AsPointer(ref s_signCoding[0]);

    /// <summary>Gets the contexts of significance in a subband (table D.1), by <see cref="Neighbours"/>.</summary>
    public static byte* ZeroCoding(Orientation orientation) => s_firstZeroCoding + ((int)orientation * NeighbourhoodCount);

    /// <summary>Sets the initial states (table D.7).</summary>
    public static void Reset(Span<ulong> contexts)
    {
        contexts.Fill(MqStates.Get(0, 0));
        contexts[SignificanceNone] = MqStates.Get(4, 0);
        contexts[RunLength] = MqStates.Get(3, 0);
        contexts[Uniform] = MqStates.Get(46, 0);
    }

    private static byte[] MakeZeroCoding()
    {
        byte[] table = GC.AllocateArray<byte>(4 * NeighbourhoodCount, pinned: true);
        for (int i = 0; i < NeighbourhoodCount; i++)
        {
            int horizontal = Bit(i, 3) + Bit(i, 5);
            int vertical = Bit(i, 1) + Bit(i, 7);
            int diagonal = Bit(i, 0) + Bit(i, 2) + Bit(i, 6) + Bit(i, 8);
            byte low = ZeroCodingContext(horizontal, vertical, diagonal);
            table[((int)Orientation.LowLow * NeighbourhoodCount) + i] = low;
            table[((int)Orientation.LowHigh * NeighbourhoodCount) + i] = low;
            table[((int)Orientation.HighLow * NeighbourhoodCount) + i] = ZeroCodingContext(vertical, horizontal, diagonal);
            table[((int)Orientation.HighHigh * NeighbourhoodCount) + i] = DiagonalContext(horizontal + vertical, diagonal);
        }

        return table;
    }

    private static byte ZeroCodingContext(int along, int across, int diagonal) => (along, across, diagonal) switch
    {
        (2, _, _) => 8,
        (1, >= 1, _) => 7,
        (1, 0, >= 1) => 6,
        (1, 0, 0) => 5,
        (0, 2, _) => 4,
        (0, 1, _) => 3,
        (0, 0, >= 2) => 2,
        (0, 0, 1) => 1,
        _ => 0,
    };

    private static byte DiagonalContext(int direct, int diagonal) => (direct, diagonal) switch
    {
        (_, >= 3) => 8,
        ( >= 1, 2) => 7,
        (0, 2) => 6,
        ( >= 2, 1) => 5,
        (1, 1) => 4,
        (0, 1) => 3,
        ( >= 2, 0) => 2,
        (1, 0) => 1,
        _ => 0,
    };

    /// <summary>Tables D.2 and D.3. Bits 1, 3, 5, 7 of the index: the direct neighbours' significance; the bit below each: its sign.</summary>
    private static byte[] MakeSignCoding()
    {
        byte[] table = GC.AllocateArray<byte>(256, pinned: true);
        for (int i = 0; i < table.Length; i++)
        {
            int horizontal = Math.Clamp(Contribution(i, 3) + Contribution(i, 5), -1, 1);
            int vertical = Math.Clamp(Contribution(i, 1) + Contribution(i, 7), -1, 1);
            bool isInverted = horizontal < 0 || (horizontal == 0 && vertical < 0);
            int context = isInverted ? (-3 * horizontal) - vertical : (3 * horizontal) + vertical;
            table[i] = (byte)(FirstSign + context + (isInverted ? 0x80 : 0));
        }

        return table;
    }

    private static int Contribution(int index, int significance) => Bit(index, significance) * (1 - (2 * Bit(index, significance - 1)));

    private static int Bit(int value, int bit) => (value >> bit) & 1;
}
