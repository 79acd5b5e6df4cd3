using System.Buffers.Binary;
using MedSeg.Data.Samples;
using MedSeg.Files;

namespace MedSeg.Data.Caching;

/// <summary>The header of a cache file, which identifies the format and the settings it is valid for.</summary>
/// <param name="Shape">The shape of its slices.</param>
/// <param name="Settings">The hash of the settings that its slices were decoded with, 32 bytes.</param>
/// <param name="Salt">The fingerprint of the salt that hides its patients, 8 bytes.</param>
internal sealed record CacheFileHeader(InputShape Shape, byte[] Settings, byte[] Salt)
{
    /// <summary>The length of a header in bytes.</summary>
    public const int Length = 128;

    /// <summary>
    /// The version of the format and of the content. Increase it whenever decoding, resizing, normalising or checking changes the
    /// sample of the same files, or when the format changes.
    /// </summary>
    public const int Version = 5;

    // Pixels are stored in the byte order of the CPU: with another one, this reads as another number.
    private const ulong Magic = 0x4553_4345_5344_4D01;

    /// <summary>Writes the header.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        BitConverter.TryWriteBytes(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Shape.Size);
        Settings.CopyTo(bytes, 16);
        Salt.CopyTo(bytes, 48);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Length - 4), Crc32C.Compute(bytes.AsSpan(0, Length - 4)));
        return bytes;
    }

    /// <summary>Explains why a file with another header cannot be used.</summary>
    /// <param name="bytes">The first bytes of the file, up to the length of a header.</param>
    /// <returns>The reason, to follow the words "The cache"; null if the headers are equal.</returns>
    public string? WhyNot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
        {
            return "is truncated";
        }

        if (BitConverter.ToUInt64(bytes) != Magic)
        {
            return "is damaged, or is another kind of file";
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != Version)
        {
            return $"is of another version of MedSeg (format {version}, expected {Version})";
        }

        if (Crc32C.Compute(bytes[..(Length - 4)]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Length - 4)..]))
        {
            return "is damaged";
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != Shape.Size || !bytes.Slice(16, Settings.Length).SequenceEqual(Settings))
        {
            return "was made with other settings";
        }

        return bytes.Slice(48, Salt.Length).SequenceEqual(Salt)
            ? null
            : "hides its patients with the secret of another user or of an earlier session, so patients cannot be compared";
    }
}
