using MedSeg.Formats.ImageJ;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Tests.Formats.ImageJ;

/// <summary>ROIs and masks that ImageJ made (Data/MakeRois.java).</summary>
internal static class ImageJData
{
    public const int Rows = 40;
    public const int Columns = 48;

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Formats", "ImageJ", "Data");

    /// <summary>The masks, by the names of the ROIs.</summary>
    public static IReadOnlyDictionary<string, string> Masks { get; } =
        File.ReadAllLines(PathOf("masks.txt")).Chunk(Rows + 1).ToDictionary(lines => lines[0], lines => string.Concat(lines[1..]));

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static Outline? Decode(string name) => ImageJRoi.Decode(File.ReadAllBytes(PathOf(name + ".roi")), name, new OutlineErrors("/data/a.roi"));

    public static string Draw(Outline outline)
    {
        int[] pixels = new int[Rows * Columns];
        Assert.True(outline.TryFill(Rows, Columns, pixels));
        return string.Concat(pixels.Select(pixel => pixel == 1 ? '#' : '.'));
    }
}
