using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Files;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Writes a drawing, in points of 1/72 inch, as PNG with its resolution or as SVG with its size in mm.</summary>
internal static partial class FigureSurface
{
    /// <summary>The points of a millimetre.</summary>
    public const float PointsPerMillimetre = 72 / 25.4f;

    private const float PointsPerInch = 72;
    private const int HeaderEnd = 33;

    /// <summary>Writes a figure.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="size">The size in points.</param>
    /// <param name="dpi">The resolution of a PNG, in dots per inch.</param>
    /// <param name="isSvg">Whether to write SVG, not PNG.</param>
    /// <param name="draw">Draws in points.</param>
    public static void Write(Stream stream, SKSize size, int dpi, bool isSvg, Action<SKCanvas> draw)
    {
        if (isSvg)
        {
            WriteSvg(stream, size, draw);
        }
        else
        {
            WritePng(stream, size, dpi, draw);
        }
    }

    private static void WritePng(Stream stream, SKSize size, int dpi, Action<SKCanvas> draw)
    {
        float scale = dpi / PointsPerInch;
        using var surface = SKSurface.Create(new SKImageInfo((int)Math.Round(size.Width * scale), (int)Math.Round(size.Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(scale);
        draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        ReadOnlySpan<byte> png = data.AsSpan();
        stream.Write(png[..HeaderEnd]);
        stream.Write(ResolutionChunk(dpi));
        stream.Write(png[HeaderEnd..]);
    }

    private static void WriteSvg(Stream stream, SKSize size, Action<SKCanvas> draw)
    {
        using var content = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(size), content))
        {
            using var paint = new SKPaint { Color = SKColors.White };
            canvas.DrawRect(SKRect.Create(size), paint);
            draw(canvas);
        }

        // Skia states the size in pixels of the screen, and the place of each letter with a comma too many for some programs.
        string svg = Encoding.UTF8.GetString(content.ToArray());
        int end = svg.IndexOf('>', svg.IndexOf("<svg", StringComparison.Ordinal));
        string head = Width().Replace(Height().Replace(svg[..end], Text(" height", size.Height)), Text(" width", size.Width));
        string view = string.Create(CultureInfo.InvariantCulture, $" viewBox=\"0 0 {size.Width:0.##} {size.Height:0.##}\"");
        stream.Write(Encoding.UTF8.GetBytes(head + view + LastComma().Replace(svg[end..], "\"")));
    }

    private static string Text(string name, float points) => string.Create(CultureInfo.InvariantCulture, $"{name}=\"{points / PointsPerMillimetre:0.##}mm\"");

    // The chunk pHYs: pixels per metre along both axes (W3C PNG, third edition, section 11.3.4.3).
    private static byte[] ResolutionChunk(int dpi)
    {
        byte[] chunk = new byte[21];
        BinaryPrimitives.WriteInt32BigEndian(chunk, 9);
        "pHYs"u8.CopyTo(chunk.AsSpan(4));
        int perMetre = (int)Math.Round(dpi / 0.0254);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(8), perMetre);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(12), perMetre);
        chunk[16] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(17), Crc32.Compute(chunk.AsSpan(4, 13)));
        return chunk;
    }

    [GeneratedRegex(" width=\"[^\"]*\"")]
    private static partial Regex Width();

    [GeneratedRegex(" height=\"[^\"]*\"")]
    private static partial Regex Height();

    [GeneratedRegex(", \"")]
    private static partial Regex LastComma();
}
