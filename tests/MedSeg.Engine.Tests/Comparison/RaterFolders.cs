using MedSeg.Comparison;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;

namespace MedSeg.Tests.Comparison;

/// <summary>Folders of masks of several raters, in a temporary folder.</summary>
internal sealed class RaterFolders : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a mask of boxes: top, bottom, left and right (exclusive), ROI.</summary>
    public void Add(string rater, string name, params (int Top, int Bottom, int Left, int Right, byte Roi)[] boxes) => Add(rater, name, 20, 30, boxes);

    public void Add(string rater, string name, int rows, int columns, params (int Top, int Bottom, int Left, int Right, byte Roi)[] boxes)
    {
        byte[] mask = new byte[rows * columns];
        foreach ((int top, int bottom, int left, int right, byte roi) in boxes)
        {
            for (int row = top; row < bottom; row++)
            {
                mask.AsSpan((row * columns) + left, right - left).Fill(roi);
            }
        }

        Write(rater, name, rows, columns, mask);
    }

    public void Write(string rater, string name, int rows, int columns, byte[] mask)
    {
        string path = Path.Combine(Root, rater, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        if (name.EndsWith(".npy", StringComparison.Ordinal))
        {
            NpyFile.Write(stream, rows, columns, mask);
        }
        else
        {
            PngEncoder.WriteGrey8(stream, rows, columns, mask);
        }
    }

    public MaskComparisonOptions Options(params string[] raters) => new() { Paths = [.. raters.Select(rater => Path.Combine(Root, rater))] };
}
