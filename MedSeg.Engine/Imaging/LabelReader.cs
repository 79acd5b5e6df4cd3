using SkiaSharp;

namespace MedSeg.Imaging;

/// <summary>Reads label masks; the format is told by content, not by the file's ending.</summary>
public static class LabelReader
{
    // JPEG stores brightness and colour apart; a grey image may come back with channels this far apart.
    private const int ChannelTolerance = 8;

    /// <summary>Gets the endings of label files, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".png", ".jpg", ".jpeg"];

    /// <summary>Reads a mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The values as the file holds them.</returns>
    /// <exception cref="MedSegException">The file is not there or cannot be opened.</exception>
    /// <exception cref="FileFormatException">The file is damaged or of another format.</exception>
    public static LabelImage Read(string path)
    {
        byte[] content = Files.FileContent.Read(path);
        if (NpyFile.IsNpy(content))
        {
            return NpyFile.Decode(content, path);
        }

        if (PngDecoder.IsPng(content))
        {
            return PngDecoder.Decode(content, path);
        }

        return content is [0xff, 0xd8, 0xff, ..] ? DecodeJpeg(content, path) : throw UnknownFormat(content, path);
    }

    private static LabelImage DecodeJpeg(byte[] content, string path)
    {
        using SKBitmap? bitmap = SKBitmap.Decode(content);
        if (bitmap is null)
        {
            throw new FileFormatException("JpegInvalid", path, "the JPEG file is damaged.");
        }

        float[] values = new float[bitmap.Width * bitmap.Height];
        SKColor[] pixels = bitmap.Pixels;
        for (int i = 0; i < values.Length; i++)
        {
            SKColor pixel = pixels[i];
            if (Math.Abs(pixel.Red - pixel.Green) > ChannelTolerance || Math.Abs(pixel.Red - pixel.Blue) > ChannelTolerance)
            {
                throw new FileFormatException(
                    "LabelColor",
                    path,
                    $"the mask is in colour: at row {i / bitmap.Width}, column {i % bitmap.Width} it has red {pixel.Red}, green {pixel.Green}, blue {pixel.Blue}. Save it as a grey or indexed PNG whose values are ROI numbers.");
            }

            values[i] = pixel.Green;
        }

        return new LabelImage(bitmap.Height, bitmap.Width, values, IsLossy: true);
    }

    private static FileFormatException UnknownFormat(byte[] content, string path)
    {
        string found = content switch
        {
            [] => "the file is empty",
            [0x49, 0x49, 0x2a, 0, ..] or [0x4d, 0x4d, 0, 0x2a, ..] => "this is a TIFF file",
            [0x47, 0x49, 0x46, ..] => "this is a GIF file",
            [0x42, 0x4d, ..] => "this is a BMP file",
            [0x1f, 0x8b, ..] => "this is a gzip file",
            _ => "this is none of the formats that label masks come in",
        };
        return new FileFormatException("LabelFormat", path, $"{found}; expected NumPy (.npy), PNG or JPEG. Save the mask as a grey PNG whose values are ROI numbers.");
    }
}
