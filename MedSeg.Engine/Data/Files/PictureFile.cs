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
    /// <param name="components">The components of colours that are the channels, 0 for red, 1 for green and 2 for blue; null or empty for a grey picture.</param>
    /// <returns>The frames.</returns>
    /// <exception cref="FileFormatException"><c>ImageColor</c>: the picture has colours, or has none although they are channels; or as the readers of the formats.</exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static IReadOnlyList<ImageSlice> Read(string path, PixelSpacing? spacing, IReadOnlyList<int>? components = null) => Decode(ImageFile.Read(path), path, spacing, components);

    /// <summary>Reads a picture for a reader who looks at it: of colours only red.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="spacing">The distance between pixels; <see langword="null"/> if it is not known.</param>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<ImageSlice> ReadFirst(string path, PixelSpacing? spacing)
    {
        byte[] content = ImageFile.Read(path);
        return Decode(content, path, spacing, HasColors(content, path) ? [0] : []);
    }

    /// <summary>Decodes a picture.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="spacing">The distance between pixels; <see langword="null"/> if it is not known.</param>
    /// <param name="components">The components of colours that are the channels; null or empty for a grey picture.</param>
    /// <returns>The frames.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<ImageSlice> Decode(byte[] content, string path, PixelSpacing? spacing, IReadOnlyList<int>? components = null)
    {
        ImageSlice[][] channels = components is { Count: > 0 }
            ? [.. components.Select(component => ToSlices(ReadComponent(content, path, component), spacing))]
            : [ToSlices(content.AsSpan().StartsWith(NpyHeader.Magic) ? ReadNpy(content, path) : ReadGrey(content, path), spacing)];
        return channels.Length == 1 ? channels[0] : [.. channels[0].Select((frame, i) => frame with { OtherChannels = [.. channels.Skip(1).Select(channel => channel[i])] })];
    }

    private static ImageSlice[] ToSlices((int Rows, int Columns, float[] Pixels)[] frames, PixelSpacing? spacing) =>
    [
        .. frames.Select((frame, i) => new ImageSlice
        {
            Rows = frame.Rows,
            Columns = frame.Columns,
            Pixels = frame.Pixels,
            Frame = i + 1,
            Frames = frames.Length,
            Spacing = spacing,
        }),
    ];

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
        if (!HasColors(content, path))
        {
            throw new FileFormatException(ErrorIds.ImageColor, path, "The picture has no red, green and blue.") { Advice = "Only PNG and TIFF files with colours have channels such as Color=Red." };
        }

        IEnumerable<LabelImage> pages = TiffLabel.IsTiff(content) ? TiffLabel.Decode(content, path, map: null, component).Pages : [PngDecoder.Decode(content, path, map: null, component)];
        return [.. pages.Select(page => (page.Rows, page.Columns, page.Values))];
    }

    private static bool HasColors(byte[] content, string path) => TiffLabel.IsTiff(content)
        ? TiffDirectory.ReadAll(content, path) is [{ } first, ..] && first.Find(content, TiffPhotometric, 1) == TiffRgb
        : content.AsSpan().StartsWith(PngChunks.Signature) && content.Length > PngColorTypeAt && (content[PngColorTypeAt] & PngColored) == PngColored && content[PngColorTypeAt] != PngIndexed;

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
