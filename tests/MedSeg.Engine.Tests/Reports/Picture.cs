using MedSeg.Imaging;
using SkiaSharp;

namespace MedSeg.Tests.Reports;

/// <summary>A PNG that was written, decoded again.</summary>
internal sealed class Picture
{
    private readonly SKColor[] _pixels;

    public Picture(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        Assert.True(stream.CanRead, "the stream was closed");
        using SKBitmap bitmap = SKBitmap.Decode(stream.ToArray());
        Width = bitmap.Width;
        Height = bitmap.Height;
        _pixels = bitmap.Pixels;
    }

    public int Width { get; }

    public int Height { get; }

    public SKColor this[int x, int y] => _pixels[(y * Width) + x];

    public int Count(RgbColor color) => CountIn(0, 0, 1, 1, pixel => Same(pixel, color));

    /// <summary>Counts pixels in a part of the picture whose edges are given as shares of its sides.</summary>
    public int CountIn(double left, double top, double right, double bottom, Func<SKColor, bool> counts)
    {
        int count = 0;
        for (int y = (int)(top * Height); y < (int)(bottom * Height); y++)
        {
            for (int x = (int)(left * Width); x < (int)(right * Width); x++)
            {
                count += counts(this[x, y]) ? 1 : 0;
            }
        }

        return count;
    }

    public static bool Same(SKColor pixel, RgbColor color) => pixel.Red == color.Red && pixel.Green == color.Green && pixel.Blue == color.Blue;

    public static bool IsDark(SKColor pixel) => pixel.Red < 0x60 && pixel.Green < 0x60 && pixel.Blue < 0x60;
}
