using MedSeg.Errors;
using MedSeg.Labels;
using SkiaSharp;

namespace MedSeg.Formats.Jpeg;

/// <summary>Reads label masks from JPEG files, whose values are changed slightly by the compression.</summary>
internal static class JpegLabel
{
    // Conversion from luminance and chrominance rounds each channel separately; the channels of grey pictures saved in
    // colour differ by no more than this.
    private const int GreatestChannelDifference = 8;

    // The mean value of each block of 64 pixels takes at least one bit, so a byte holds at most 512 pixels. More than
    // twice that is refused before memory is allocated.
    private const long GreatestExpansion = 1024;

    /// <summary>Gets the first bytes of every JPEG file.</summary>
    internal static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

    /// <summary>Reads a label mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The mask, marked as lossy, in the orientation in which it is stored.</returns>
    /// <exception cref="FileFormatException">
    /// <c>NotJpeg</c>, <c>JpegInvalid</c> (damaged, truncated, or with an EXIF rotation), or <c>LabelColor</c>.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static LabelImage Read(string path) => Decode(ImageFile.Read(path), path);

    /// <summary>Decodes a label mask.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    internal static LabelImage Decode(ReadOnlySpan<byte> content, string path)
    {
        if (!content.StartsWith(Signature))
        {
            throw new FileFormatException(ErrorIds.NotJpeg, path, "This is not a JPEG file.", 0);
        }

        using SKData data = SKData.CreateCopy(content);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
        {
            throw Invalid(path, "its header cannot be read");
        }

        int rows = codec.Info.Height;
        int columns = codec.Info.Width;
        ImageFile.CheckSize(rows, columns, ErrorIds.JpegInvalid, path);
        if ((long)rows * columns > GreatestExpansion * content.Length)
        {
            throw Invalid(path, $"its header states {rows} rows and {columns} columns, more than {content.Length:N0} bytes can hold");
        }

        if (codec.EncodedOrigin != SKEncodedOrigin.TopLeft)
        {
            throw new FileFormatException(ErrorIds.JpegInvalid, path, "The file has an EXIF orientation: viewers rotate it, so that pixels would not match the image.")
            {
                Advice = "Save the mask as PNG in the orientation of the image.",
            };
        }

        bool grey = codec.Info.ColorType == SKColorType.Gray8;
        var wanted = new SKImageInfo(columns, rows, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] pixels = GetPixels(codec, wanted, path);
        return new LabelImage(rows, columns, grey ? FromGrey(pixels) : FromColor(pixels, columns, path), IsLossy: true);
    }

    private static unsafe byte[] GetPixels(SKCodec codec, SKImageInfo wanted, string path)
    {
        byte[] pixels = new byte[wanted.BytesSize64];
        fixed (byte* start = pixels)
        {
            SKCodecResult result = codec.GetPixels(wanted, (nint)start);
            return result == SKCodecResult.Success ? pixels : throw Invalid(path, $"the decoder reports {result}");
        }
    }

    private static float[] FromGrey(byte[] pixels)
    {
        float[] values = new float[pixels.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = pixels[i];
        }

        return values;
    }

    private static float[] FromColor(byte[] pixels, int columns, string path)
    {
        float[] values = new float[pixels.Length / 4];
        for (int i = 0; i < values.Length; i++)
        {
            int red = pixels[4 * i];
            int green = pixels[(4 * i) + 1];
            int blue = pixels[(4 * i) + 2];
            if (Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue)) > GreatestChannelDifference)
            {
                throw LabelColor.Error(path, i / columns, i % columns, red, green, blue);
            }

            // The luminance of ITU-T T.871, section 7: the channel that JPEG stores most accurately.
            values[i] = ((299 * red) + (587 * green) + (114 * blue) + 500) / 1000;
        }

        return values;
    }

    private static FileFormatException Invalid(string path, string problem) =>
        new(ErrorIds.JpegInvalid, path, $"The JPEG file is damaged or truncated: {problem}.") { Advice = "Copy the file again, or save the mask as PNG." };
}
