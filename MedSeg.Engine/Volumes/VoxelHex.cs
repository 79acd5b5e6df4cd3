using System.Buffers;

namespace MedSeg.Volumes;

/// <summary>Reads voxels that are stored as hexadecimal digits, two for each byte; white space between them is skipped.</summary>
internal static class VoxelHex
{
    private static readonly SearchValues<byte> s_space = SearchValues.Create(" \t\r\n\v\f"u8);

    /// <summary>Parses bytes.</summary>
    /// <param name="text">The text; what follows the bytes is not read.</param>
    /// <param name="count">How many bytes there should be.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="Errors.FileFormatException"><c>VolumeTruncated</c>: there are fewer; <c>VolumeInvalid</c>: there is something else than digits.</exception>
    public static byte[] Parse(ReadOnlySpan<byte> text, long count, VolumeErrors errors)
    {
        if (count > text.Length / 2)
        {
            throw errors.Truncated(count, text.Length / 2);
        }

        byte[] bytes = new byte[count];
        for (long digit = 0; digit < 2 * count; digit++)
        {
            text = text[SpaceIn(text)..];
            if (text.IsEmpty)
            {
                throw errors.Truncated(count, digit / 2);
            }

            int value = HexOf(text[0]);
            bytes[digit / 2] = (byte)(value >= 0 ? (bytes[digit / 2] << 4) | value : throw errors.Invalid($"The text of byte {(digit / 2) + 1} is not hexadecimal."));
            text = text[1..];
        }

        return bytes;
    }

    private static int SpaceIn(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExcept(s_space);
        return first < 0 ? text.Length : first;
    }

    private static int HexOf(byte letter) => letter switch
    {
        >= (byte)'0' and <= (byte)'9' => letter - '0',
        >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
        _ => -1,
    };
}
