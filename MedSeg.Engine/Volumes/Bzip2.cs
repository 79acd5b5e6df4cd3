using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;

namespace MedSeg.Volumes;

/// <summary>Decompresses bzip2 data, no more of it than is asked for.</summary>
internal static class Bzip2
{
    private const int FirstLength = 1 << 16;

    /// <summary>Decompresses data. The caller has checked that memory may be used; it is taken as the data needs it, since a header may promise anything.</summary>
    /// <param name="content">A file.</param>
    /// <param name="offset">Where the compressed data starts in it.</param>
    /// <param name="length">The number of bytes to decompress.</param>
    /// <returns>The bytes, fewer if there are no more.</returns>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static byte[] Expand(byte[] content, int offset, int length)
    {
        var source = new MemoryStream(content, offset, content.Length - offset, writable: false);
        byte[] expanded = new byte[Math.Min(length, FirstLength)];
        int count = 0;
        try
        {
            // Programs that compress in parallel write several streams, one after the other.
            do
            {
                using var stream = new BZip2InputStream(source) { IsStreamOwner = false };
                count = ReadInto(ref expanded, count, length, stream);
            }
            while (count < length && source.Position < source.Length);

            return count == expanded.Length ? expanded : expanded[..count];
        }
        catch (Exception e) when (e is SharpZipBaseException or IndexOutOfRangeException or ArgumentException or NullReferenceException or OverflowException)
        {
            // The decoder trusts the tables in the data.
            throw new InvalidDataException("The bzip2 data is damaged.", e);
        }
    }

    private static int ReadInto(ref byte[] expanded, int count, int length, BZip2InputStream stream)
    {
        while (count < length)
        {
            if (count == expanded.Length)
            {
                Array.Resize(ref expanded, (int)Math.Min(length, 2L * count));
            }

            int read = stream.Read(expanded, count, expanded.Length - count);
            if (read <= 0)
            {
                return count;
            }

            count += read;
        }

        // Reading past the end verifies the checksum at the end of the stream.
        _ = stream.ReadByte();
        return count;
    }
}
