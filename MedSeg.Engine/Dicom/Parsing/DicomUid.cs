using System.Globalization;
using System.Numerics;

namespace MedSeg.Dicom.Parsing;

/// <summary>Creates unique identifiers from UUIDs (DICOM PS3.5, B.2): "2.25." followed by the UUID as a decimal number.</summary>
internal static class DicomUid
{
    private const int UuidLength = 16;

    /// <summary>Creates a new unique identifier.</summary>
    /// <returns>The identifier, at most 44 characters.</returns>
    public static string Create()
    {
        Span<byte> uuid = stackalloc byte[UuidLength];
        Guid.NewGuid().TryWriteBytes(uuid, bigEndian: true, out _);
        return Format(uuid);
    }

    /// <summary>Creates an identifier from given bytes, for example a hash: equal bytes give equal identifiers.</summary>
    /// <param name="bytes">At least 16 bytes; the first 16 become a UUID of version 8 (RFC 9562, 5.8).</param>
    /// <returns>The identifier, at most 44 characters.</returns>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, UuidLength, nameof(bytes));
        Span<byte> uuid = stackalloc byte[UuidLength];
        bytes[..UuidLength].CopyTo(uuid);
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return Format(uuid);
    }

    private static string Format(ReadOnlySpan<byte> uuid) =>
        "2.25." + new BigInteger(uuid, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
}
