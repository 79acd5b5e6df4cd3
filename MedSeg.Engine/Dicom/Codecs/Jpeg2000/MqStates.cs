using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The states of the MQ coder's contexts (T.800, table C.2). A state is one number: the probability estimate Qe from bit 47 on,
/// where the successors of the state are, and the more probable symbol in bit 0.
/// </summary>
internal static unsafe class MqStates
{
    public const int EstimateShift = 47;
    private const int SuccessorsShift = 4;
    private const int SuccessorsMask = 0x7F << SuccessorsShift;

    // Each row of the table twice, once for either symbol being the more probable. Pinned, so that its address is a constant.
    private static readonly ulong[] s_successors = MakeSuccessors();
    private static readonly byte* s_first = (byte*)Unsafe.AsPointer(ref s_successors[0]);

    // For each row: Qe, and the next rows after the more and the less probable symbol.
    private static ReadOnlySpan<ushort> Table =>
    [
        0x5601, 1, 1, 0x3401, 2, 6, 0x1801, 3, 9, 0x0AC1, 4, 12, 0x0521, 5, 29, 0x0221, 38, 33, 0x5601, 7, 6, 0x5401, 8, 14,
        0x4801, 9, 14, 0x3801, 10, 14, 0x3001, 11, 17, 0x2401, 12, 18, 0x1C01, 13, 20, 0x1601, 29, 21, 0x5601, 15, 14,
        0x5401, 16, 14, 0x5101, 17, 15, 0x4801, 18, 16, 0x3801, 19, 17, 0x3401, 20, 18, 0x3001, 21, 19, 0x2801, 22, 19,
        0x2401, 23, 20, 0x2201, 24, 21, 0x1C01, 25, 22, 0x1801, 26, 23, 0x1601, 27, 24, 0x1401, 28, 25, 0x1201, 29, 26,
        0x1101, 30, 27, 0x0AC1, 31, 28, 0x09C1, 32, 29, 0x08A1, 33, 30, 0x0521, 34, 31, 0x0441, 35, 32, 0x02A1, 36, 33,
        0x0221, 37, 34, 0x0141, 38, 35, 0x0111, 39, 36, 0x0085, 40, 37, 0x0049, 41, 38, 0x0025, 42, 39, 0x0015, 43, 40,
        0x0009, 44, 41, 0x0005, 45, 42, 0x0001, 45, 43, 0x5601, 46, 46,
    ];

    /// <summary>Gets the state of a row of the table.</summary>
    /// <param name="row">The row.</param>
    /// <param name="symbol">The more probable symbol.</param>
    public static ulong Get(int row, int symbol) =>
        ((ulong)Table[3 * row] << EstimateShift) | (uint)(((2 * row) + symbol) << SuccessorsShift) | (uint)symbol;

    /// <summary>Gets the states after the more and the less probable symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong* Successors(ulong state) => (ulong*)(s_first + ((uint)state & SuccessorsMask));

    private static ulong[] MakeSuccessors()
    {
        int rows = Table.Length / 3;
        ulong[] successors = GC.AllocateArray<ulong>(2 * 2 * rows, pinned: true);
        for (int row = 0; row < rows; row++)
        {
            for (int symbol = 0; symbol < 2; symbol++)
            {
                // In these rows the less probable symbol becomes the more probable one.
                int exchanged = row is 0 or 6 or 14 ? symbol ^ 1 : symbol;
                int index = 2 * ((2 * row) + symbol);
                successors[index] = Get(Table[(3 * row) + 1], symbol);
                successors[index + 1] = Get(Table[(3 * row) + 2], exchanged);
            }
        }

        return successors;
    }
}
