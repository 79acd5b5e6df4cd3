using System.Buffers.Binary;
using System.Numerics;

namespace MedSeg.Files;

/// <summary>The checksum CRC-32C (Castagnoli; RFC 3720, appendix B.4), computed by a CPU instruction where there is one.</summary>
internal static class Crc32C
{
    /// <summary>Computes the checksum.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="before">The checksum of the preceding bytes; 0 if there are none.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = ~before;
        int i = 0;
        for (; i <= bytes.Length - sizeof(ulong); i += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        }

        for (; i < bytes.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, bytes[i]);
        }

        return ~crc;
    }
}
