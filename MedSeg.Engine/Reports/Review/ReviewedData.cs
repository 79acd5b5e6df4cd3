using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Reports.Review;

/// <summary>Copies accepted slices into a pair of folders that a data set is imported from: <c>images</c> and <c>labels</c>.</summary>
/// <param name="folder">The absolute path of the folder above them.</param>
/// <param name="replace">Whether existing files are replaced.</param>
public sealed class ReviewedData(string folder, bool replace)
{
    private (string Path, LabelVolume Volume)? _labels;

    /// <summary>Refuses a slice whose files are gone.</summary>
    /// <param name="slice">The slice.</param>
    /// <exception cref="MedSegException"><c>ReviewFileMissing</c>.</exception>
    public static void RequireFiles(ReviewedSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        string? missing = slice.MaskPath is null ? $"{slice.Name}: The slice was accepted without a mask."
            : new[] { slice.ImagePath, slice.MaskPath }.FirstOrDefault(file => !File.Exists(file)) is { } file ? $"{file}: The file of the accepted slice '{slice.Name}' was not found."
            : null;
        if (missing is not null)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.ReviewFileMissing, missing, slice.MaskPath ?? slice.ImagePath) { Advice = "Move the CSV into the folder of the report, or give that folder as -BasePath." };
        }
    }

    /// <summary>Copies a slice. Of a volume of masks, the plane of the slice is written as a PNG.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The slice, with the paths of the copies.</returns>
    /// <exception cref="MedSegException">
    /// A file is missing (<c>ReviewFileMissing</c>), cannot be read, or exists already (<c>FileExists</c>); or the image has several
    /// frames or slices (<c>ReviewFrames</c>).
    /// </exception>
    public ReviewedSlice Add(ReviewedSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        RequireFiles(slice);
        ImageSlice image = ImageSource.Read(slice.ImagePath, new ImageReading()).First();
        if (image.Frames > 1)
        {
            throw new FileFormatException(ErrorIds.ReviewFrames, slice.ImagePath, $"The image has {image.Frames} frames or slices, which a data set takes with all their masks or not at all.")
            {
                Advice = "Correct the masks that were rejected, and import the images and masks as they are.",
            };
        }

        string relative = Path.GetDirectoryName(slice.Name.Replace('/', Path.DirectorySeparatorChar)) ?? string.Empty;
        string images = Place("images", relative);
        foreach (string file in ImageSource.FilesOf(slice.ImagePath))
        {
            Copy(file, Path.Combine(images, Path.GetFileName(file)));
        }

        string labels = Place("labels", relative);
        string name = Path.GetFileName(slice.Name);
        string mask;
        if (slice.Frame is not null && LabelVolume.IsVolume(slice.MaskPath!))
        {
            mask = Path.Combine(labels, name + ".png");
            WritePlane(slice.MaskPath!, image, mask);
        }
        else
        {
            mask = Path.Combine(labels, slice.Frame is null ? Path.GetFileName(slice.MaskPath!) : name + Path.GetExtension(slice.MaskPath));
            Copy(slice.MaskPath!, mask);
        }

        return slice with { ImagePath = Path.Combine(images, Path.GetFileName(slice.ImagePath)), MaskPath = mask };
    }

    // A name in the file cannot lead out of the folder.
    private string Place(string part, string relative)
    {
        string root = Path.GetFullPath(Path.Combine(folder, part));
        string place = Path.GetFullPath(Path.Combine(root, relative));
        return place == root || place.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? place : root;
    }

    private void Copy(string source, string target) => AtomicFile.Write(target, stream =>
    {
        using FileStream file = FileContent.OpenRead(source);
        file.CopyTo(stream);
    }, replace);

    private void WritePlane(string path, ImageSlice image, string target)
    {
        _labels = _labels is { } last && last.Path == path ? last : (path, LabelVolume.Open(path, LabelMapping.None, []));
        LabelImage labels = _labels.Value.Volume.Slice(image).Mask;
        LabelCheckResult check = LabelSnap.Check(labels, LabelSnap.MaximumRoiCount);
        byte[] roi = check.Roi ?? throw new FileFormatException(check.Problems[0].Code, path, check.Problems[0].Message) { Advice = check.Problems[0].Advice };
        AtomicFile.Write(target, stream => PngEncoder.WriteIndexed8(stream, labels.Rows, labels.Columns, roi, RoiPalette.Indexed(roi.Max())), replace);
    }
}
