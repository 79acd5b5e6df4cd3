using System.Collections.Concurrent;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.ImageJ;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Data.Files;

/// <summary>Reads masks that were drawn as outlines in the pixels of an image: ROIs of ImageJ, LabelMe and COCO. A file of many images is kept in memory.</summary>
/// <param name="recurse">Whether images are in subfolders, which are part of their names then.</param>
internal sealed class OutlineFile(bool recurse)
{
    private static readonly string[] s_extensions = [".roi", ".zip", ".json"];
    private static readonly string[] s_otherExtensions = [".jpg", ".jpeg", ".bmp", ".webp"];

    private readonly ConcurrentDictionary<string, Lazy<CocoFile>> _files = new(StringComparer.Ordinal);

    /// <summary>Checks from its extension whether a mask is of outlines.</summary>
    /// <param name="path">The path of a mask that was found.</param>
    public static bool Is(string path) => Array.Exists(s_extensions, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Checks from its extension whether a mask has ROIs of ImageJ, which may be on the slices of a series.</summary>
    /// <param name="path">The path of a mask that was found.</param>
    public static bool MayHaveSlices(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".roi", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds out the kind of a file from its extension and its content.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The kind; <see langword="null"/> if the file is not of outlines or cannot be read.</returns>
    public static OutlineKind? KindOf(string path)
    {
        if (!Is(path))
        {
            return null;
        }

        try
        {
            if (path.EndsWith(".roi", StringComparison.OrdinalIgnoreCase))
            {
                return OutlineKind.ImageJ;
            }

            byte[] content = FileContent.Read(path, OutlineJson.MaximumBytes);
            if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                return ImageJRoiSet.Is(content) ? OutlineKind.ImageJ : null;
            }

            (bool isLabelMe, bool isCoco) = OutlineJson.KindOf(content);
            return isLabelMe ? OutlineKind.LabelMe : isCoco ? OutlineKind.Coco : null;
        }
        catch (MedSegException)
        {
            return null;
        }
    }

    /// <summary>Lists the names of the images of a COCO file, without extension.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="MedSegException">The file cannot be read or is damaged.</exception>
    public IEnumerable<string> ImagesOf(string path) => Open(path).Images.Select(NameOf);

    /// <summary>Lists the labels in a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="kind">The kind of the file.</param>
    /// <exception cref="MedSegException">The file cannot be read or is damaged.</exception>
    public IReadOnlyList<string> LabelsOf(string path, OutlineKind kind) => kind == OutlineKind.Coco ? Open(path).Labels : Decode(path, kind).Labels;

    /// <summary>Reads the outlines of an image.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="image">The name of the image.</param>
    /// <exception cref="MedSegException">The file cannot be read or is damaged.</exception>
    public OutlineSet Read(string path, string image)
    {
        OutlineKind kind = KindOf(path) ?? throw new FileFormatException(ErrorIds.OutlineInvalid, path, "The file has no ROIs of ImageJ, LabelMe or COCO.");
        if (kind != OutlineKind.Coco)
        {
            return Decode(path, kind);
        }

        // The whole path or, for images in folders of patients and in tables, the name alone if it is unique.
        CocoFile file = Open(path);
        string[] named = [.. file.Images.Where(name => PairName.Fold(NameOf(name)) == PairName.Fold(image))];
        named = named.Length > 0 ? named : [.. file.Images.Where(name => PairName.Fold(LastPart(NameOf(name))) == PairName.Fold(LastPart(image)))];
        return named is [string only] ? file.OutlinesOf(only) : throw new FileFormatException(ErrorIds.OutlineInvalid, path, $"The file lists {named.Length} images named {LastPart(image)}.")
        {
            Advice = "The file_name of an image must be that of its file.",
        };
    }

    private static OutlineSet Decode(string path, OutlineKind kind)
    {
        byte[] content = FileContent.Read(path, OutlineJson.MaximumBytes);
        return kind == OutlineKind.ImageJ ? ImageJRoiSet.Decode(content, path) : LabelMeFile.Decode(content, path);
    }

    private CocoFile Open(string path) => _files.GetOrAdd(path, _ => new Lazy<CocoFile>(() => CocoFile.Decode(FileContent.Read(path, OutlineJson.MaximumBytes), path))).Value;

    private string NameOf(string image)
    {
        // Annotation programs work on copies in formats that are not read as images.
        string? extension = DataFiles.ImageExtensionOf(image) ?? Array.Find(s_otherExtensions, other => image.EndsWith(other, StringComparison.OrdinalIgnoreCase));
        string name = image[..^(extension?.Length ?? 0)];
        return recurse ? name : LastPart(name);
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('/') + 1)..];
}
