using System.Buffers.Binary;

namespace MedSeg.Tests.Fuzzing;

/// <summary>Damages a file at random: bits, bytes and lengths change, parts go missing, come in or come from another file.</summary>
internal static class FileMutator
{
    // Behind the preamble, where the elements that describe the image are.
    private const int HeaderStart = 128;
    private const int HeaderReach = 700;

    private static readonly uint[] s_extremes =
        [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFF8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFE, 0xFFFFFFFF];

    /// <summary>Makes one damaged copy.</summary>
    public static byte[] Mutate(byte[] original, byte[] other, Random random)
    {
        byte[] file = [.. original];
        for (int change = random.Next(1, 6); change > 0 && file.Length > 8; change--)
        {
            file = Change(file, Place(file.Length, random), other, random);
        }

        return file;
    }

    private static int Place(int length, Random random) => random.Next(3) switch
    {
        0 => random.Next(length),
        1 => random.Next(Math.Min(length, HeaderStart), Math.Min(length, HeaderReach) + 1) % length,
        _ => length - 1 - random.Next(Math.Min(length, HeaderReach)),
    };

    private static byte[] Change(byte[] file, int at, byte[] other, Random random)
    {
        uint extreme = random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : s_extremes[random.Next(s_extremes.Length)];
        int length = random.Next(1, 1 + Math.Min(16, file.Length - at));
        switch (random.Next(16))
        {
            case < 4:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case < 7:
                file[at] = (byte)extreme;
                return file;
            case < 10 when at + sizeof(ushort) <= file.Length:
                // Lengths and the 16-bit numbers of the description stand at even offsets.
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at & ~1), (ushort)extreme);
                return file;
            case < 12 when (at & ~1) + sizeof(uint) <= file.Length:
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at & ~1), extreme);
                return file;
            case 12:
                return [.. file.AsSpan(0, at), .. file.AsSpan(at + length)];
            case 13:
                return [.. file.AsSpan(0, at), .. file.AsSpan(at, length), .. file.AsSpan(at)];
            case 14:
                return random.Next(3) == 0 ? file[..at] : [.. file.AsSpan(0, at), (byte)extreme, .. file.AsSpan(at)];
            case 15:
                return [.. file.AsSpan(0, at), .. other.AsSpan(Math.Min(other.Length, random.Next(2) == 0 ? at : random.Next(other.Length)))];
            default:
                return file;
        }
    }
}
