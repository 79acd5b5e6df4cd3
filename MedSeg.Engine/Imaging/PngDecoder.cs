using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MedSeg.Imaging;

/// <summary>
/// Reads the exact values of PNG label masks (PNG, third edition): the index of an indexed image, the value of a grey
/// one of 1 to 16 bits. General-purpose decoders expand palettes and lose low bits.
/// </summary>
internal static class PngDecoder
{
    private const int HeaderEnd = 33;

    // Deflate expands by at most 1032 to 1.
    private const long MaximumExpansion = 1032;
    private static readonly int[][] s_passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    public static bool IsPng(ReadOnlySpan<byte> content) => content.StartsWith(Signature);

    public static LabelImage Decode(byte[] content, string path)
    {
        if (content.Length < HeaderEnd || !content.AsSpan(12, 4).SequenceEqual("IHDR"u8))
        {
            throw new FileFormatException("PngTruncated", path, "the PNG file ends within its header, or does not begin with one.", 8);
        }

        var header = new Header(content.AsSpan(16, 13));
        header.Validate(path, content.Length);
        byte[] raw = Inflate(content, header, path);
        float[] values = new float[header.Rows * header.Columns];
        int offset = 0;
        foreach (int[] pass in header.Interlaced ? s_passes : [[0, 0, 1, 1]])
        {
            int columns = (header.Columns - pass[0] + pass[2] - 1) / pass[2];
            int rows = (header.Rows - pass[1] + pass[3] - 1) / pass[3];
            if (columns > 0 && rows > 0)
            {
                offset = DecodePass(raw, offset, header, pass, rows, columns, values, path);
            }
        }

        return new LabelImage(header.Rows, header.Columns, values, IsLossy: false);
    }

    private static int DecodePass(byte[] raw, int offset, Header header, int[] pass, int rows, int columns, float[] values, string path)
    {
        int stride = header.Stride(columns);
        int step = Math.Max(1, header.Channels * header.Depth / 8);
        byte[] previous = new byte[stride];
        for (int row = 0; row < rows; row++)
        {
            Span<byte> line = raw.AsSpan(offset + 1, stride);
            Unfilter(raw[offset], line, previous, step, path);
            for (int column = 0; column < columns; column++)
            {
                int y = pass[1] + (row * pass[3]);
                int x = pass[0] + (column * pass[2]);
                values[(y * header.Columns) + x] = Value(line, header, column, y, x, path);
            }

            line.CopyTo(previous);
            offset += stride + 1;
        }

        return offset;
    }

    private static float Value(ReadOnlySpan<byte> line, Header header, int column, int y, int x, string path)
    {
        int first = Component(line, header.Depth, column * header.Channels);
        if (header.Channels >= 3)
        {
            int green = Component(line, header.Depth, (column * header.Channels) + 1);
            int blue = Component(line, header.Depth, (column * header.Channels) + 2);
            if (first != green || first != blue)
            {
                throw new FileFormatException(
                    "LabelColor",
                    path,
                    $"the mask is in colour: at row {y}, column {x} it has red {first}, green {green}, blue {blue}. Save it as a grey or indexed PNG whose values are ROI numbers.");
            }
        }

        return first;
    }

    private static int Component(ReadOnlySpan<byte> line, int depth, int index) => depth switch
    {
        8 => line[index],
        16 => BinaryPrimitives.ReadUInt16BigEndian(line[(2 * index)..]),
        _ => (line[index * depth / 8] >> (8 - depth - (index * depth % 8))) & ((1 << depth) - 1),
    };

    private static void Unfilter(byte filter, Span<byte> line, ReadOnlySpan<byte> above, int step, string path)
    {
        if (filter > 4)
        {
            throw new FileFormatException("PngInvalid", path, $"a row has the unknown filter {filter}: the PNG file is damaged.");
        }

        for (int i = 0; i < line.Length; i++)
        {
            int a = i >= step ? line[i - step] : 0;
            int b = above[i];
            int c = i >= step ? above[i - step] : 0;
            line[i] += (byte)(filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => Paeth(a, b, c) });
        }
    }

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c;
        int pa = Math.Abs(p - a);
        int pb = Math.Abs(p - b);
        int pc = Math.Abs(p - c);
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    private static byte[] Inflate(byte[] content, Header header, string path)
    {
        using MemoryStream compressed = GatherData(content, path);
        byte[] raw = new byte[header.RawLength(s_passes)];
        try
        {
            using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
            int read = zlib.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
            return read == raw.Length ? raw : throw new FileFormatException("PngTruncated", path, $"the pixel data ends after {read} of {raw.Length} bytes: the PNG file is truncated.");
        }
        catch (InvalidDataException e)
        {
            throw new FileFormatException("PngInvalid", path, "the compressed pixel data is damaged.", null, e);
        }
    }

    private static MemoryStream GatherData(byte[] content, string path)
    {
        var data = new MemoryStream();
        for (int offset = 8; offset < content.Length;)
        {
            long length = content.Length - offset < 12 ? long.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(offset));
            if (length > content.Length - offset - 12)
            {
                throw new FileFormatException("PngTruncated", path, "the file ends within a chunk: the PNG file is truncated.", offset);
            }

            ReadOnlySpan<byte> chunk = content.AsSpan(offset + 4, (int)length + 4);
            if (Crc32.HashToUInt32(chunk) != BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(offset + 8 + (int)length)))
            {
                throw new FileFormatException("PngInvalid", path, "the checksum of a chunk is wrong: the PNG file is damaged.", offset);
            }

            if (chunk.StartsWith("IDAT"u8))
            {
                data.Write(chunk[4..]);
            }
            else if (chunk.StartsWith("IEND"u8))
            {
                break;
            }

            offset += (int)length + 12;
        }

        data.Position = 0;
        return data;
    }

    private readonly struct Header(ReadOnlySpan<byte> bytes)
    {
        private readonly int _colorType = bytes[9];

        public int Columns { get; } = BinaryPrimitives.ReadInt32BigEndian(bytes);

        public int Rows { get; } = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);

        public int Depth { get; } = bytes[8];

        public bool Interlaced { get; } = bytes[12] == 1;

        public int Channels => _colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

        public int Stride(int columns) => (int)((((long)columns * Channels * Depth) + 7) / 8);

        public int RawLength(int[][] passes)
        {
            if (!Interlaced)
            {
                return (Stride(Columns) + 1) * Rows;
            }

            int total = 0;
            foreach (int[] pass in passes)
            {
                int columns = (Columns - pass[0] + pass[2] - 1) / pass[2];
                int rows = (Rows - pass[1] + pass[3] - 1) / pass[3];
                total += columns > 0 && rows > 0 ? (Stride(columns) + 1) * rows : 0;
            }

            return total;
        }

        public void Validate(string path, int fileLength)
        {
            bool known = _colorType switch
            {
                0 => Depth is 1 or 2 or 4 or 8 or 16,
                3 => Depth is 1 or 2 or 4 or 8,
                2 or 4 or 6 => Depth is 8 or 16,
                _ => false,
            };
            if (!known || Columns is < 1 or > 65535 || Rows is < 1 or > 65535)
            {
                throw new FileFormatException("PngInvalid", path, $"the PNG header is damaged: {Columns} × {Rows} pixels, colour type {_colorType}, {Depth} bits.", 16);
            }

            if ((long)Columns * Channels * Depth / 8 * Rows > MaximumExpansion * fileLength)
            {
                throw new FileFormatException("PngTruncated", path, $"the header promises {Columns} × {Rows} pixels, more than {fileLength} bytes can hold.", 16);
            }
        }
    }
}
