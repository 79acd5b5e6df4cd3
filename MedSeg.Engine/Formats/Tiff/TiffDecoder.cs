using MedSeg.Errors;
using MedSeg.Labels;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace MedSeg.Formats.Tiff;

/// <summary>Decodes a page with LibTiff.NET, after <see cref="TiffPage"/> has checked its directory.</summary>
internal sealed class TiffDecoder
{
    private readonly TiffPage _page;
    private readonly string _path;
    private readonly TiffSamples _samples;
    private readonly ColorReading? _colors;
    private readonly float[] _values;

    private TiffDecoder(TiffPage page, string path, LabelMapping? map, int? component)
    {
        _page = page;
        _path = path;

        // LibTiff converts numbers to the machine's byte order.
        _samples = new TiffSamples(page, !BitConverter.IsLittleEndian, path);
        _colors = page.IsRgb ? ColorReading.Of(map, component) : null;
        _values = new float[page.Rows * page.Columns];
    }

    /// <summary>Decodes a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Maps colours to ROIs; <see langword="null"/> if masks must be grey.</param>
    /// <param name="component">The component of an RGB image to read in place of ROIs, 0 to 2; <see langword="null"/> for a mask.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">The pixels are damaged, in colour or not labels.</exception>
    public static LabelImage Decode(TiffPage page, byte[] content, string path, LabelMapping? map, int? component = null)
    {
        var decoder = new TiffDecoder(page, path, map, component);
        try
        {
            TiffErrors.Run(() => decoder.Read(content));
        }
        catch (Exception e) when (e is not (MedSegException or OutOfMemoryException))
        {
            // The library does not catch exceptions of any type that damage causes in its tables and buffers.
            throw new FileFormatException(ErrorIds.TiffInvalid, path, $"The pixels of the TIFF file are damaged: {FirstLine(e.Message)}.", page.Directory.Offset, e)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }

        decoder._colors?.ThrowIfUnknown(path);
        return new LabelImage(page.Rows, page.Columns, decoder._values, page.IsLossy) { IsMapped = decoder._colors is not null };
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim().TrimEnd('.');

    private void Read(byte[] content)
    {
        // Without memory mapping; only this directory is read, because others may be damaged.
        using LibTiff tiff = LibTiff.ClientOpen(_path, "rhm", this, new TiffMemory(content))
            ?? throw new InvalidDataException("its header cannot be read");
        if (!tiff.SetSubDirectory(_page.Directory.Offset))
        {
            throw new InvalidDataException("its directory cannot be read");
        }

        if (tiff.IsTiled() != (_page.Tile != default))
        {
            throw new InvalidDataException("it has both strips and tiles");
        }

        (int rows, int columns) = tiff.IsTiled() ? _page.Tile : (1, _page.Columns);
        int rowBytes = (int)((((long)columns * _page.Interleaved * _page.Bits) + 7) / 8);
        byte[][] planes = [.. Enumerable.Range(0, _page.IsPlanar ? _page.Samples : 1).Select(_ => new byte[rows * rowBytes])];
        if ((tiff.IsTiled() ? tiff.TileSize() : tiff.ScanlineSize()) != planes[0].Length)
        {
            throw new InvalidDataException("its directory contradicts itself");
        }

        if (tiff.IsTiled())
        {
            ReadTiles(tiff, planes, rowBytes);
        }
        else
        {
            ReadRows(tiff, planes);
        }
    }

    private void ReadRows(LibTiff tiff, byte[][] planes)
    {
        // Plane by plane: alternating between planes would decode their strips again for each row.
        byte[][]? whole = planes.Length > 1 ? [.. planes.Select(plane => new byte[plane.Length * _page.Rows])] : null;
        for (int plane = 0; plane < planes.Length; plane++)
        {
            for (int row = 0; row < _page.Rows; row++)
            {
                Require(tiff.ReadScanline(planes[plane], row, (short)plane));
                if (whole is null)
                {
                    Unpack(planes, 0, row, 0, _page.Columns);
                }
                else
                {
                    planes[plane].CopyTo(whole[plane], row * planes[plane].Length);
                }
            }
        }

        for (int row = 0; whole is not null && row < _page.Rows; row++)
        {
            Unpack(whole, row * planes[0].Length, row, 0, _page.Columns);
        }
    }

    private void ReadTiles(LibTiff tiff, byte[][] planes, int rowBytes)
    {
        for (int top = 0; top < _page.Rows; top += _page.Tile.Rows)
        {
            for (int left = 0; left < _page.Columns; left += _page.Tile.Columns)
            {
                for (int plane = 0; plane < planes.Length; plane++)
                {
                    Require(tiff.ReadTile(planes[plane], 0, left, top, 0, (short)plane) >= 0);
                }

                for (int row = 0; row < Math.Min(_page.Tile.Rows, _page.Rows - top); row++)
                {
                    Unpack(planes, row * rowBytes, top + row, left, Math.Min(_page.Tile.Columns, _page.Columns - left));
                }
            }
        }
    }

    private static void Require(bool isRead)
    {
        if (!isRead)
        {
            throw new InvalidDataException("a part cannot be decoded");
        }
    }

    private void Unpack(byte[][] planes, int offset, int row, int column, int count)
    {
        int first = (row * _page.Columns) + column;
        Span<float> values = _values.AsSpan(first, count);
        if (_page.IsRgb)
        {
            UnpackColors(planes, offset, first, values);
        }
        else
        {
            _samples.Read(planes[0].AsSpan(offset), first, count, values);
        }
    }

    private void UnpackColors(byte[][] planes, int offset, int first, Span<float> values)
    {
        int Sample(int pixel, int sample) => _page.IsPlanar
            ? _samples.ReadColor(planes[sample].AsSpan(offset), pixel)
            : _samples.ReadColor(planes[0].AsSpan(offset), (pixel * _page.Samples) + sample);
        for (int i = 0; i < values.Length; i++)
        {
            (int red, int green, int blue) = (Sample(i, 0), Sample(i, 1), Sample(i, 2));
            if (_colors is not null)
            {
                values[i] = _colors.ValueOf(red, green, blue, _page.Samples == 4 ? Sample(i, 3) : 1, _page.Bits == 16);
                continue;
            }

            (int row, int column) = Math.DivRem(first + i, _page.Columns);
            values[i] = red == green && red == blue ? red : throw LabelColor.Error(_path, row, column, red, green, blue);
        }
    }
}
