using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Formats;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Reads pictures as images: grey PNG and TIFF, and .npy arrays of the shape (rows, columns) or (frames, rows, columns).</summary>
internal static class PictureFile
{
    private const int PngColorTypeAt = 25;
    private const byte PngIndexed = 3;
    private const ushort TiffPhotometric = 262;

    private const int PngColored = 2;
    private const int TiffRgb = 2;

    private static readonly string[] s_extensions = [".png", ".tif", ".tiff", ".npy"];

    /// <summary>Returns the extension of a picture.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The extension, in lower case; <see langword="null"/> for other files.</returns>
    public static string? ExtensionOf(string path) =>
        Array.Find(s_extensions, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(path).Length > extension.Length);

    /// <summary>Checks from its extension whether a file should be a picture; DICOM files may have any extension.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool Is(string path) => ExtensionOf(path) is not null && !DicomImageReader.IsDicom(path);

    /// <summary>Reads a picture.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="spacing">The distance between pixels; <see langword="null"/> if it is not known.</param>
    /// <param name="component">The component of colours to read, 0 for red, 1 for green and 2 for blue; <see langword="null"/> for a grey picture.</param>
    /// <returns>The frames.</returns>
    /// <exception cref="FileFormatException"><c>ImageColor</c>: the picture has colours, or has none although a component is asked for; or as the readers of the formats.</exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static IReadOnlyList<ImageSlice> Read(string path, PixelSpacing? spacing, int? component = null) => Decode(ImageFile.Read(path), path, spacing, component);

    /// <summary>Decodes a picture.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="spacing">The distance between pixels; <see langword="null"/> if it is not known.</param>
    /// <param name="component">The component of colours to read; <see langword="null"/> for a grey picture.</param>
    /// <returns>The frames.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<ImageSlice> Decode(byte[] content, string path, PixelSpacing? spacing, int? component = null)
    {
        (int Rows, int Columns, float[] Pixels)[] frames = component is { } index ? ReadComponent(content, path, index)
            : content.AsSpan().StartsWith(NpyHeader.Magic) ? ReadNpy(content, path) : ReadGrey(content, path);
        return [.. frames.Select((frame, i) => new ImageSlice
        {
            Rows = frame.Rows,
            Columns = frame.Columns,
            Pixels = frame.Pixels,
            Frame = i + 1,
            Frames = frames.Length,
            Spacing = spacing,
        })];
    }

    private static (int Rows, int Columns, float[] Pixels)[] ReadNpy(byte[] content, string path)
    {
        NpyArray array = NpyFile.DecodeArray(content, path);
        (int frames, int rows, int columns) = array.Shape switch
        {
            [int r, int c] => (1, r, c),
            [int f, int r, int c] => (f, r, c),
            _ => throw new FileFormatException(ErrorIds.NpyUnsupported, path, $"The array has the shape ({string.Join(", ", array.Shape)}); an image has (rows, columns) or (frames, rows, columns).")
            {
                Advice = "Save it with one of these shapes.",
            },
        };
        ImageFile.CheckSize(rows, columns, ErrorIds.NpyInvalid, path);
        float[] values = array.Floats ?? Array.ConvertAll(array.Integers!, value => (float)value);
        int plane = rows * columns;
        return [.. Enumerable.Range(0, frames).Select(i => (rows, columns, values[(i * plane)..((i + 1) * plane)]))];
    }

    private static (int Rows, int Columns, float[] Pixels)[] ReadComponent(byte[] content, string path, int component)
    {
        bool isPng = content.AsSpan().StartsWith(PngChunks.Signature) && content.Length > PngColorTypeAt && (content[PngColorTypeAt] & PngColored) == PngColored && content[PngColorTypeAt] != PngIndexed;
        bool isTiff = TiffLabel.IsTiff(content) && TiffDirectory.ReadAll(content, path) is [{ } first, ..] && first.Find(content, TiffPhotometric, 1) == TiffRgb;
        if (!isPng && !isTiff)
        {
            throw new FileFormatException(ErrorIds.ImageColor, path, "The picture has no red, green and blue.") { Advice = "Only PNG and TIFF files with colours have channels such as Color=Red." };
        }

        IEnumerable<LabelImage> pages = isTiff ? TiffLabel.Decode(content, path, map: null, component).Pages : [PngDecoder.Decode(content, path, map: null, component)];
        return [.. pages.Select(page => (page.Rows, page.Columns, page.Values))];
    }

    private static (int Rows, int Columns, float[] Pixels)[] ReadGrey(byte[] content, string path)
    {
        bool isIndexed = content.AsSpan().StartsWith(PngChunks.Signature) && content.Length > PngColorTypeAt && content[PngColorTypeAt] == PngIndexed;
        bool isTiff = TiffLabel.IsTiff(content);
        if (isIndexed || (isTiff && TiffDirectory.ReadAll(content, path) is [{ } first, ..] && first.Find(content, TiffPhotometric, 1) != 1))
        {
            throw Colored(path, null);
        }

        try
        {
            IEnumerable<LabelImage> pages = isTiff ? TiffLabel.Decode(content, path, map: null).Pages : [LabelReader.Decode(content, path)];
            return [.. pages.Select(page => (page.Rows, page.Columns, page.Values))];
        }
        catch (FileFormatException e) when (e.ErrorId == ErrorIds.LabelColor)
        {
            throw Colored(path, e);
        }
    }

    private static FileFormatException Colored(string path, Exception? cause) =>
        new(ErrorIds.ImageColor, path, "The picture has colours, an index of colours, or white for 0.", null, cause) { Advice = "Save it as a grey picture, with greater values for brighter pixels." };
}
