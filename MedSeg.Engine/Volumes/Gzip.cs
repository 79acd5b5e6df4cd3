using System.IO.Compression;

namespace MedSeg.Volumes;

/// <summary>Inflates gzip and zlib data (RFC 1952 and 1950), no more of it than is asked for.</summary>
internal static class Gzip
{
    // The maximum expansion of deflate (RFC 1951), and some room for the smallest streams.
    private const long GreatestExpansion = 1032;
    private const long ExpansionRoom = 4096;

    /// <summary>Checks the first bytes for the signature of gzip.</summary>
    /// <param name="content">The first bytes.</param>
    public static bool Is(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>Returns the most bytes that compressed data can inflate to.</summary>
    /// <param name="length">The length of the compressed data.</param>
    public static long MostOf(long length) => Math.Min((length * GreatestExpansion) + ExpansionRoom, Array.MaxLength);

    /// <summary>Says whether compressed data can inflate to a length, however large.</summary>
    /// <param name="length">The length of the compressed data.</param>
    /// <param name="inflated">The length that it should have then.</param>
    public static bool MayInflateTo(long length, long inflated) => (inflated - ExpansionRoom) / GreatestExpansion <= length;

    /// <summary>Inflates the start of compressed data.</summary>
    /// <param name="content">The compressed data.</param>
    /// <param name="count">The number of bytes to inflate.</param>
    /// <returns>The bytes, fewer if there are no more.</returns>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static byte[] Head(Stream content, int count)
    {
        using var stream = new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
        byte[] head = new byte[count];
        return head[..stream.ReadAtLeast(head, count, throwOnEndOfStream: false)];
    }

    /// <summary>Opens a stream that inflates.</summary>
    /// <param name="source">The compressed data.</param>
    /// <param name="isZlib">As for <see cref="Inflate"/>.</param>
    public static Stream Open(Stream source, bool isZlib) => isZlib ? new ZLibStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);

    /// <summary>Inflates data and verifies its checksum if it ends there. The caller has checked that it can be that long, and that memory may be used.</summary>
    /// <param name="content">A file.</param>
    /// <param name="offset">Where the compressed data starts in it.</param>
    /// <param name="length">The number of bytes to inflate.</param>
    /// <param name="isZlib">Whether the data has the frame of zlib (RFC 1950) rather than of gzip.</param>
    /// <returns>The bytes, fewer if there are no more.</returns>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static ArraySegment<byte> Inflate(byte[] content, int offset, int length, bool isZlib = false)
    {
        var source = new MemoryStream(content, offset, content.Length - offset, writable: false);
        using Stream stream = Open(source, isZlib);

        // The system provides memory as it is written, with the actual data and not with the size in the header.
        byte[] inflated = GC.AllocateUninitializedArray<byte>(length);
        int count = stream.ReadAtLeast(inflated, length, throwOnEndOfStream: false);
        if (count == length)
        {
            // Reading past the end verifies the checksum at the end of the stream.
            _ = stream.ReadByte();
        }

        return new ArraySegment<byte>(inflated, 0, count);
    }
}
