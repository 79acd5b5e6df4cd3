using System.Globalization;
using MedSeg.Imaging;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Imaging;

public sealed class CieLabTests
{
    [Fact]
    public void White_grey_and_black_have_no_colour()
    {
        Assert.Equal([65535, 32896, 32896], CieLab.Encode(new RgbColor(255, 255, 255)).Select(value => (int)value));
        Assert.Equal([0, 32896, 32896], CieLab.Encode(new RgbColor(0, 0, 0)).Select(value => (int)value));
        Assert.Equal(53.585, CieLab.Of(new RgbColor(128, 128, 128)).L, 1e-3);
    }

    [Fact]
    public void LittleCMS_has_the_same_colours()
    {
        const string script = """
            import sys
            from PIL import Image, ImageCms
            lab = ImageCms.buildTransform(ImageCms.createProfile('sRGB'), ImageCms.createProfile('LAB', 5003), 'RGB', 'LAB', 1)
            for color in sys.argv[1:]:
                r, g, b = (int(color[i:i + 2], 16) for i in (1, 3, 5))
                l, a, b = ImageCms.applyTransform(Image.new('RGB', (1, 1), (r, g, b)), lab).getpixel((0, 0))
                print(l * 100 / 255, a - 128, b - 128)
            """;
        RgbColor[] colors = [.. Enumerable.Range(1, 21).Select(RoiPalette.ColorOf)];

        string[] lines = OutsideTool.Run("/usr/bin/python3", ["-c", script, .. colors.Select(color => color.ToString())]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(colors.Length, lines.Length);
        foreach ((RgbColor color, string line) in colors.Zip(lines))
        {
            double[] lab = [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            (double l, double a, double b) = CieLab.Of(color);

            // It has 8 bits for each number.
            Assert.Equal(lab[0], l, 0.5);
            Assert.Equal(lab[1], a, 1.2);
            Assert.Equal(lab[2], b, 1.2);
        }
    }
}
