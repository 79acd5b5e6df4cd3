using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg;

/// <summary>A Huffman table of lossless JPEG (ITU-T T.81, B.2.4.2 and C.2): its codes give the number of bits of a difference.</summary>
internal sealed class JpegDifferenceTable
{
    private const int LengthCount = 16;

    // Most codes are no longer than this together with their difference, so that one lookup gives both.
    private const int ShortBits = 12;
    private const int MostBits = 16;

    // The difference times 256, plus the number of bits; 0 if the code is longer or invalid.
    private readonly int[] _short = new int[1 << ShortBits];

    // By length of code: the first 16 bits beyond its codes, and those with which its codes start.
    private readonly int[] _ends = new int[LengthCount + 1];
    private readonly byte[][] _sizes = new byte[LengthCount + 1][];

    /// <summary>Initializes a new instance of the <see cref="JpegDifferenceTable"/> class.</summary>
    /// <param name="counts">The number of codes of each length from 1 to 16.</param>
    /// <param name="sizes">The number of bits of the difference for each code, shortest codes first.</param>
    /// <exception cref="InvalidDataException">There are more codes than their lengths allow.</exception>
    public JpegDifferenceTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> sizes)
    {
        int first = 0;
        for (int length = 1; length <= LengthCount; length++)
        {
            _sizes[length] = sizes[..counts[length - 1]].ToArray();
            sizes = sizes[counts[length - 1]..];
            foreach (byte size in _sizes[length])
            {
                LayOut(first, length, size);
                first += 1 << (LengthCount - length);
            }

            _ends[length] = first <= 1 << LengthCount ? first : throw new InvalidDataException("A Huffman table has too many codes.");
        }
    }

    /// <summary>Reads a difference: its number of bits by Huffman code, then the bits (H.1.2.2).</summary>
    /// <param name="reader">The source of more bits.</param>
    /// <param name="bits">The available bits.</param>
    /// <param name="count">The number of bits.</param>
    /// <returns>The difference.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(ref JpegBitReader reader, ref ulong bits, ref int count)
    {
        if (count < LengthCount + MostBits)
        {
            // Local copies stay in registers; variables that another method may change cannot.
            (ulong filled, int filledCount) = (bits, count);
            reader.Fill(ref filled, ref filledCount);
            (bits, count) = (filled, filledCount);
        }

        int entry = _short[(int)(bits >> (count - ShortBits)) & ((1 << ShortBits) - 1)];
        if (entry == 0)
        {
            entry = Long((int)(bits >> (count - (LengthCount + MostBits))));
        }

        count -= entry & 0xFF;
        return entry >> 8;
    }

    private void LayOut(int first, int length, int size)
    {
        int bits = length + BitsOf(size);
        if (bits > ShortBits || size > MostBits)
        {
            return;
        }

        int begin = first >> (LengthCount - ShortBits);
        int end = Math.Min(begin + (1 << (ShortBits - length)), _short.Length);
        for (int i = begin; i < end; i++)
        {
            _short[i] = (Extend((i >> (ShortBits - bits)) & ((1 << BitsOf(size)) - 1), size) << 8) | bits;
        }
    }

    private int Long(int next)
    {
        int code = (next >> MostBits) & 0xFFFF;
        for (int length = 1; length <= LengthCount; length++)
        {
            if (code >= _ends[length])
            {
                continue;
            }

            int size = _sizes[length][(code - _ends[length - 1]) >> (LengthCount - length)];
            if (size > MostBits)
            {
                break;
            }

            int bits = length + BitsOf(size);
            int value = (int)((uint)next >> (LengthCount + MostBits - bits)) & ((1 << BitsOf(size)) - 1);
            return (Extend(value, size) << 8) | bits;
        }

        throw new InvalidDataException("The scan has a code that is not in its Huffman table.");
    }

    // 16 means a difference of 32768 and has no bits (table H.2).
    private static int BitsOf(int size) => size == MostBits ? 0 : size;

    private static int Extend(int value, int size) =>
        size == MostBits ? 1 << 15 : size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}
