using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Formats.Png;

/// <summary>The chunks of a PNG file that determine an image's values (W3C PNG, third edition, section 5).</summary>
/// <param name="Header">The image header.</param>
/// <param name="Data">The joined data of the IDAT chunks: a zlib stream.</param>
internal sealed record PngChunks(PngHeader Header, byte[] Data)
{
    // A chunk's length, type and checksum.
    private const int Overhead = 12;

    /// <summary>Gets the first eight bytes of every PNG file.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Walks the chunks and verifies each one's checksum.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The header and the compressed data.</returns>
    /// <exception cref="FileFormatException"><c>NotPng</c>, <c>PngInvalid</c> or <c>PngTruncated</c>.</exception>
    public static PngChunks Parse(ReadOnlySpan<byte> content, string path)
    {
        if (!content.StartsWith(Signature))
        {
            throw new FileFormatException(ErrorIds.NotPng, path, "This is not a PNG file.", 0);
        }

        PngHeader? header = null;
        bool hasPalette = false;
        using var data = new MemoryStream();
        int position = Signature.Length;
        while (true)
        {
            ReadOnlySpan<byte> chunk = Next(content, position, path);
            string type = Encoding.Latin1.GetString(chunk[..4]);
            if ((header is null) != (type == "IHDR"))
            {
                throw new FileFormatException(ErrorIds.PngInvalid, path, "The image header is not the first chunk, or occurs twice.", position);
            }

            switch (type)
            {
                case "IHDR":
                    header = PngHeader.Parse(chunk[4..], path);
                    break;
                case "IDAT":
                    data.Write(chunk[4..]);
                    break;
                case "PLTE":
                    hasPalette = true;
                    break;
                case "IEND":
                    return Finish(header!.Value, hasPalette, data.ToArray(), path);
                default:
                    CheckAncillary(chunk[0], position, path);
                    break;
            }

            position += Overhead - 4 + chunk.Length;
        }
    }

    // Returns the type and data of the chunk at the position.
    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> content, int position, string path)
    {
        ReadOnlySpan<byte> rest = content[position..];
        if (rest.Length < Overhead)
        {
            throw new FileFormatException(ErrorIds.PngTruncated, path, "The file ends before its end chunk.", content.Length) { Advice = ImageFile.DamagedAdvice };
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - Overhead)
        {
            throw new FileFormatException(ErrorIds.PngTruncated, path, $"A chunk states {length:N0} bytes, but the file ends before that.", content.Length)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }

        ReadOnlySpan<byte> chunk = rest.Slice(4, (int)length + 4);
        uint stated = BinaryPrimitives.ReadUInt32BigEndian(rest[((int)length + 8)..]);
        if (stated != Crc32.Compute(chunk))
        {
            throw new FileFormatException(
                ErrorIds.PngInvalid,
                path,
                "The checksum of a chunk is wrong: the file is damaged.",
                position)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }

        return chunk;
    }

    private static PngChunks Finish(PngHeader header, bool hasPalette, byte[] data, string path)
    {
        // The palette may be shorter than the greatest index: the index is the label, and its colour is never used.
        if (header.ColorType == 3 && !hasPalette)
        {
            throw new FileFormatException(ErrorIds.PngInvalid, path, "The image is indexed but has no palette.");
        }

        return new PngChunks(header, data);
    }

    // A lower-case first letter marks chunks that a reader may skip (section 5.4).
    private static void CheckAncillary(byte first, int position, string path)
    {
        if ((first & 0x20) == 0)
        {
            throw new FileFormatException(ErrorIds.PngInvalid, path, "The file has a critical chunk that PNG does not define.", position);
        }
    }
}
