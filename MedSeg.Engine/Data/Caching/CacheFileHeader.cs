using System.Buffers.Binary;
using MedSeg.Files;

namespace MedSeg.Data.Caching;

/// <summary>What a slice file says at its beginning: that it is one, and for whom it can be of use.</summary>
/// <param name="Size">The side S of its slices.</param>
/// <param name="Settings">The hash of the settings that its slices were decoded with, 32 bytes.</param>
/// <param name="Salt">The fingerprint of the secret that hides its patients, 8 bytes.</param>
internal sealed record CacheFileHeader(int Size, byte[] Settings, byte[] Salt)
{
    /// <summary>The bytes of a header.</summary>
    public const int Length = 128;

    /// <summary>
    /// The version of the file's form and of what is in it. To be raised whenever decoding, resizing, normalising or
    /// checking gives another sample for the same files, or the form changes.
    /// </summary>
    public const int Version = 3;

    // Pixels are stored in the processor's own byte order: where that is another, this reads as another number.
    private const ulong Magic = 0x4553_4345_5344_4D01;

    /// <summary>Writes the header.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        BitConverter.TryWriteBytes(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Size);
        Settings.CopyTo(bytes, 16);
        Salt.CopyTo(bytes, 48);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Length - 4), Crc32C.Compute(bytes.AsSpan(0, Length - 4)));
        return bytes;
    }

    /// <summary>Says why a file of another header is of no use.</summary>
    /// <param name="bytes">The first bytes of the file, as many as there are.</param>
    /// <returns>The reason, to stand after "the cache"; null where the header is this one.</returns>
    public string? WhyNot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
        {
            return "is cut short";
        }

        if (BitConverter.ToUInt64(bytes) != Magic)
        {
            return "is damaged, or another file has its name";
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != Version)
        {
            return $"is of another version of MedSeg (form {version} where {Version} is expected)";
        }

        if (Crc32C.Compute(bytes[..(Length - 4)]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Length - 4)..]))
        {
            return "is damaged";
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != Size || !bytes.Slice(16, Settings.Length).SequenceEqual(Settings))
        {
            return "is of other settings";
        }

        return bytes.Slice(48, Salt.Length).SequenceEqual(Salt)
            ? null
            : "hides its patients with the secret of another user or of an earlier session, so that they could not be compared";
    }
}
