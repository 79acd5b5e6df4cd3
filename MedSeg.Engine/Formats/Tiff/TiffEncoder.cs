using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Formats.Tiff;

/// <summary>
/// Writes masks as the pages of an indexed TIFF file of 8 bits, uncompressed, page by page. The description and the resolution give ImageJ the
/// pixel size in mm.
/// </summary>
internal sealed class TiffEncoder
{
    private const int HeaderLength = 8;
    private const int EntryLength = 12;
    private const int Colors = 256;
    private const int RationalLength = 8;
    private const ushort Ascii = 2;
    private const ushort Short = 3;
    private const ushort Long = 4;
    private const ushort Rational = 5;

    private readonly Stream _stream;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _pages;
    private readonly uint[] _palette;
    private readonly PixelSpacing? _spacing;
    private readonly byte[] _description;
    private uint _position = HeaderLength;
    private int _written;

    /// <summary>Starts a file.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="size">The numbers of rows, columns and pages.</param>
    /// <param name="palette">The colours of the values from 0, as 0xRRGGBB.</param>
    /// <param name="spacing">The distance between pixels; <see langword="null"/> if it is not known.</param>
    /// <param name="distance">The distance between slices in mm; <see langword="null"/> if it is not known.</param>
    /// <exception cref="FileFormatException"><c>TiffUnsupported</c>: the file would have more than 4 GiB.</exception>
    public TiffEncoder(Stream stream, string path, (int Rows, int Columns, int Pages) size, uint[] palette, PixelSpacing? spacing, double? distance)
    {
        (_rows, _columns, _pages) = size;
        (_stream, _palette, _spacing) = (stream, palette, spacing);
        _description = Describe(distance);
        long length = HeaderLength + _description.Length + ((long)_pages * (EntryLength * 16 + (Colors * 6) + (2 * RationalLength) + Padded(_rows * (long)_columns)));
        if (length > uint.MaxValue)
        {
            throw new FileFormatException(ErrorIds.TiffUnsupported, path, $"The file was not written, because {_pages} masks of {_rows} × {_columns} pixels are more than the 4 GiB of a TIFF file.") { Advice = "Use -Format Nifti, or Png." };
        }

        _stream.Write("II*\0"u8);
        Write(HeaderLength, sizeof(uint));
    }

    /// <summary>Writes the next page.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    public void WritePage(ReadOnlySpan<byte> mask)
    {
        bool isFirst = _written++ == 0;
        int entries = 9 + (isFirst ? 1 : 0) + (_spacing is null ? 0 : 2) + 2;
        uint description = _position + 2 + (uint)(entries * EntryLength) + sizeof(uint);
        uint resolution = description + (uint)(isFirst ? _description.Length : 0);
        uint colors = resolution + (uint)(_spacing is null ? 0 : 2 * RationalLength);
        uint pixels = colors + (Colors * 6);
        uint end = pixels + (uint)Padded(mask.Length);

        Write((uint)entries, sizeof(ushort));
        Entry(256, Long, 1, (uint)_columns);
        Entry(257, Long, 1, (uint)_rows);
        Entry(258, Short, 1, 8);
        Entry(259, Short, 1, 1); // uncompressed
        Entry(262, Short, 1, 3); // indexed
        if (isFirst)
        {
            Entry(270, Ascii, (uint)_description.Length, description);
        }

        Entry(273, Long, 1, pixels);
        Entry(277, Short, 1, 1);
        Entry(278, Long, 1, (uint)_rows);
        Entry(279, Long, 1, (uint)mask.Length);
        if (_spacing is not null)
        {
            Entry(282, Rational, 1, resolution);
            Entry(283, Rational, 1, resolution + RationalLength);
        }

        Entry(296, Short, 1, 1); // no unit of TIFF: the description has it
        Entry(320, Short, 3 * Colors, colors);
        Write(_written < _pages ? end : 0, sizeof(uint));
        _stream.Write(isFirst ? _description : []);
        WriteResolution();
        WriteColors();
        _stream.Write(mask);
        _stream.Write(new byte[end - pixels - mask.Length]);
        _position = end;
    }

    // Offsets are even (TIFF 6.0, section 2).
    private static long Padded(long length) => length + (length & 1);

    private byte[] Describe(double? distance)
    {
        var text = new StringBuilder("ImageJ=1.53t\n");
        CultureInfo culture = CultureInfo.InvariantCulture;
        _ = _pages > 1 ? text.Append(culture, $"images={_pages}\nslices={_pages}\n") : text;
        _ = _spacing is not null ? text.Append("unit=mm\n") : text;
        _ = distance is { } mm ? text.Append(culture, $"spacing={mm}\n") : text;
        byte[] bytes = Encoding.ASCII.GetBytes(text.Append("loop=false\n").ToString());

        // An even length, with at least one zero.
        return [.. bytes, .. new byte[2 - (bytes.Length & 1)]];
    }

    private void WriteResolution()
    {
        if (_spacing is { } spacing)
        {
            const uint Micrometres = 1_000_000;
            foreach (double mm in (double[])[spacing.Column, spacing.Row])
            {
                Write(Micrometres, sizeof(uint));
                Write((uint)Math.Clamp(Math.Round(mm * Micrometres), 1, uint.MaxValue), sizeof(uint));
            }
        }
    }

    private void WriteColors()
    {
        for (int shift = 16; shift >= 0; shift -= 8)
        {
            for (int value = 0; value < Colors; value++)
            {
                Write((value < _palette.Length ? (_palette[value] >> shift) & 0xFF : 0) * 257, sizeof(ushort));
            }
        }
    }

    private void Entry(ushort tag, ushort type, uint count, uint value)
    {
        Write(tag, sizeof(ushort));
        Write(type, sizeof(ushort));
        Write(count, sizeof(uint));
        Write(value, sizeof(uint));
    }

    private void Write(uint value, int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _stream.Write(bytes[..size]);
    }
}
