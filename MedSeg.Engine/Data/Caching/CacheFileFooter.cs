using System.Buffers.Binary;
using MedSeg.Files;

namespace MedSeg.Data.Caching;

/// <summary>The last bytes of a cache file, which locate its index.</summary>
/// <param name="Index">The offset of the index, at which the records end.</param>
/// <param name="Bytes">The length of the index in bytes.</param>
/// <param name="Checksum">The CRC-32C of the index.</param>
internal readonly record struct CacheFileFooter(long Index, long Bytes, uint Checksum)
{
    /// <summary>The length of a footer in bytes.</summary>
    public const int Length = 24;

    /// <summary>Writes the footer.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), Crc32C.Compute(bytes.AsSpan(0, 20)));
        return bytes;
    }

    /// <summary>Reads a footer.</summary>
    /// <param name="bytes">The last bytes of the file.</param>
    /// <param name="fileLength">The length of the file in bytes.</param>
    /// <returns>The footer; null if it is missing, damaged or does not match the length of the file.</returns>
    public static CacheFileFooter? Parse(ReadOnlySpan<byte> bytes, long fileLength)
    {
        var footer = new CacheFileFooter(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]));
        bool isWhole = Crc32C.Compute(bytes[..20]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        return isWhole && footer.Index >= CacheFileHeader.Length && footer.Bytes >= 0 && footer.Index + footer.Bytes + Length == fileLength ? footer : null;
    }
}
