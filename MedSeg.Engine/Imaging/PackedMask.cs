namespace MedSeg.Imaging;

/// <summary>
/// A run-length encoded mask: the number of pixels, then the ROI number and the length of each run of equal values, row by
/// row. Counts are varints: seven bits a byte, lowest first, with the highest bit set in all bytes but the last.
/// </summary>
internal sealed class PackedMask
{
    private readonly byte[] _bytes;

    /// <summary>Initializes a new instance of the <see cref="PackedMask"/> class from <see cref="Bytes"/>.</summary>
    /// <param name="bytes">The encoded mask; not copied.</param>
    public PackedMask(byte[] bytes) => _bytes = bytes;

    /// <summary>Gets the encoded mask, as it is written to files.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Encodes a mask.</summary>
    /// <param name="mask">The ROI numbers.</param>
    public static PackedMask Of(ReadOnlySpan<byte> mask)
    {
        var bytes = new MemoryStream();
        Write(bytes, mask.Length);
        while (!mask.IsEmpty)
        {
            int differs = mask.IndexOfAnyExcept(mask[0]);
            int length = differs < 0 ? mask.Length : differs;
            bytes.WriteByte(mask[0]);
            Write(bytes, length);
            mask = mask[length..];
        }

        return new PackedMask(bytes.ToArray());
    }

    /// <summary>Decodes the mask.</summary>
    /// <returns>The ROI numbers, row by row.</returns>
    public byte[] Unpack()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        byte[] mask = new byte[Read(ref bytes)];
        for (int start = 0; start < mask.Length;)
        {
            byte value = bytes[0];
            bytes = bytes[1..];
            int length = Read(ref bytes);
            mask.AsSpan(start, length).Fill(value);
            start += length;
        }

        return mask;
    }

    private static void Write(MemoryStream bytes, int number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            bytes.WriteByte((byte)(number | 0x80));
        }

        bytes.WriteByte((byte)number);
    }

    private static int Read(ref ReadOnlySpan<byte> bytes)
    {
        int number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            number |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
