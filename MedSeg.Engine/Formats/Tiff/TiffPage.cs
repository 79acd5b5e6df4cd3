using MedSeg.Errors;

namespace MedSeg.Formats.Tiff;

/// <summary>The layout of the samples of a page, checked against what the file can hold.</summary>
internal sealed record TiffPage
{
    private const int None = 1;
    private const int Jpeg = 7;

    // The maximum expansion of deflate is 1032, of LZW about 2600; small streams get some room.
    private const long GreatestExpansion = 2700;
    private const long ExpansionRoom = 4096;

    /// <summary>Gets the directory.</summary>
    public required TiffDirectory Directory { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the number of bits per sample.</summary>
    public required int Bits { get; init; }

    /// <summary>Gets the number of samples per pixel.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the sample format: 1 unsigned, 2 signed, 3 floating point.</summary>
    public required int Format { get; init; }

    /// <summary>Gets the number of the compression (TIFF tag 259).</summary>
    public required int Compression { get; init; }

    /// <summary>Gets a value indicating whether pixels are red, green and blue.</summary>
    public required bool IsRgb { get; init; }

    /// <summary>Gets a value indicating whether each sample is stored in a separate plane.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>Gets the height and width of a tile; 0 if the page has strips.</summary>
    public required (int Rows, int Columns) Tile { get; init; }

    /// <summary>Gets a value indicating whether compression may have changed values.</summary>
    public bool IsLossy => Compression == Jpeg;

    /// <summary>Gets a value indicating whether values are stored uncompressed.</summary>
    public bool IsUncompressed => Compression == None;

    /// <summary>Gets the number of interleaved samples: all of a pixel, or one if they are in planes.</summary>
    public int Interleaved => IsPlanar ? 1 : Samples;

    /// <summary>Reads and checks the description of a page.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The page.</returns>
    /// <exception cref="FileFormatException"><c>TiffInvalid</c>, <c>TiffTruncated</c> or <c>TiffUnsupported</c>.</exception>
    public static TiffPage Read(TiffDirectory directory, ReadOnlySpan<byte> content, string path)
    {
        uint rows = directory.Find(content, 257, 0);
        uint columns = directory.Find(content, 256, 0);
        ImageFile.CheckSize(rows, columns, ErrorIds.TiffInvalid, path);
        uint photometric = directory.Find(content, 262, 1);
        var page = new TiffPage
        {
            Directory = directory,
            Rows = (int)rows,
            Columns = (int)columns,
            Bits = (int)Math.Min(directory.Find(content, 258, 1), 65535),
            Samples = (int)Math.Min(directory.Find(content, 277, 1), 65535),
            Format = directory.Find(content, 339, 1) is uint format and (2 or 3) ? (int)format : 1,
            Compression = (int)Math.Min(directory.Find(content, 259, None), 65535),
            IsRgb = photometric == 2,
            IsPlanar = directory.Find(content, 284, 1) == 2,
            Tile = ((int)Math.Min(directory.Find(content, 323, 0), int.MaxValue), (int)Math.Min(directory.Find(content, 322, 0), int.MaxValue)),
        };
        page.CheckKind(photometric, directory.FindAll(content, 258), path);
        page.CheckExpansion(directory, content, path);
        return page;
    }

    private void CheckKind(uint photometric, uint[] bits, string path)
    {
        bool isKnownSize = Format == 3 ? Bits is 16 or 32 or 64 : Bits is (>= 1 and <= 16) or 32;
        if (!isKnownSize || bits.Any(b => b != Bits))
        {
            string found = string.Join(", ", bits.DefaultIfEmpty(1u).Take(4)) + (Format == 3 ? " bits (floating point)" : " bits");
            throw Unsupported(
                path,
                $"its samples have {found}; integers of 1 to 16 and 32 bits and floating-point numbers of 16, 32 and 64 bits are supported");
        }

        if (photometric > 3 || (IsRgb && (Samples is not (3 or 4) || Bits is not (8 or 16) || Format != 1)) || (!IsRgb && Samples is not (1 or 2)))
        {
            throw Unsupported(
                path,
                $"its pixels have {Samples} samples of photometric interpretation {photometric}; grey, indexed and RGB(A) of 8 or 16 bits are supported");
        }

        if (Compression is not (None or 2 or 3 or 4 or 5 or Jpeg or 8 or 32773 or 32946)
            || (IsLossy && (Samples != 1 || Bits != 8))
            || (Compression is 2 or 3 or 4 && (Bits != 1 || Samples != 1)))
        {
            throw Unsupported(
                path,
                $"it has compression {Compression} with {Samples} samples of {Bits} bits; none, PackBits, LZW, deflate, CCITT (1 bit) and JPEG (8-bit grey) are supported");
        }
    }

    // Refuses sizes that the data cannot hold, before memory is allocated.
    private void CheckExpansion(TiffDirectory directory, ReadOnlySpan<byte> content, string path)
    {
        bool isTiled = Tile != default;
        uint[] offsets = directory.FindAll(content, isTiled ? (ushort)324 : (ushort)273);
        uint[] lengths = directory.FindAll(content, isTiled ? (ushort)325 : (ushort)279);
        if (offsets.Length == 0 || offsets.Length != lengths.Length)
        {
            throw new FileFormatException(ErrorIds.TiffInvalid, path, $"A page has {offsets.Length} data offsets but {lengths.Length} data lengths.", directory.Offset)
            {
                Advice = "Save the mask again.",
            };
        }

        long present = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            present += lengths[i];
            if (offsets[i] + (long)lengths[i] > content.Length)
            {
                throw new FileFormatException(
                    ErrorIds.TiffTruncated,
                    path,
                    "The file ends before the last pixel of a page.",
                    content.Length)
                {
                    Advice = ImageFile.DamagedAdvice,
                };
            }
        }

        // Strips may share bytes, so they hold at most what the file does.
        present = Math.Min(present, content.Length);
        long rowBytes = (((long)Columns * Samples * Bits) + 7) / 8;
        long needed = rowBytes * Rows;
        long possible = Compression switch
        {
            None => present,
            2 or 3 or 4 => present * 8 * rowBytes,
            _ => (present * GreatestExpansion) + ExpansionRoom,
        };
        if (isTiled)
        {
            ImageFile.CheckSize(Tile.Rows, Tile.Columns, ErrorIds.TiffInvalid, path);
            needed = Math.Max(needed, (long)Tile.Rows * Tile.Columns * Interleaved * Bits / 8);
        }

        if (needed > possible)
        {
            throw new FileFormatException(
                ErrorIds.TiffTruncated,
                path,
                $"A page states {Rows} rows and {Columns} columns of {Samples} × {Bits} bits, more than its {present:N0} bytes of data can hold.",
                directory.Offset)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }
    }

    private static FileFormatException Unsupported(string path, string problem) =>
        new(ErrorIds.TiffUnsupported, path, $"This kind of TIFF file is not supported: {problem}.") { Advice = "Save the mask as an 8-bit grey TIFF or PNG." };
}
