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
    private readonly MaskFileReader _masks = new();

    /// <summary>Refuses a slice whose files are gone.</summary>
    /// <param name="slice">The slice.</param>
    /// <exception cref="MedSegException"><c>ReviewFileMissing</c>.</exception>
    public static void RequireFiles(ReviewedSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        string? missing = slice.MaskPath is null ? $"{slice.Name}: The slice was accepted without a mask."
            : slice.ChannelPaths.Prepend(slice.ImagePath).Append(slice.MaskPath).FirstOrDefault(file => !File.Exists(file)) is { } file ? $"{file}: The file of the accepted slice '{slice.Name}' was not found."
            : null;
        if (missing is not null)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.ReviewFileMissing, missing, slice.MaskPath ?? slice.ImagePath) { Advice = "Move the CSV into the folder of the report, or give that folder as -BasePath." };
        }
    }

    /// <summary>
    /// Copies accepted slices of one image. If it has several frames or slices, it is copied whole, and the table medseg_frames.csv in the folder of
    /// the images lists those that were accepted: a data set takes no other. Of a volume of masks for a series of single images, the
    /// planes of the slices are written as PNG files.
    /// </summary>
    /// <param name="slices">The slices of an image, each once.</param>
    /// <returns>The slices, with the paths of the copies.</returns>
    /// <exception cref="MedSegException">
    /// A file is missing (<c>ReviewFileMissing</c>), cannot be read, or exists already (<c>FileExists</c>); the image is another
    /// one (<c>ImageChanged</c>); or the slices do not say which of several frames they are (<c>ReviewFrames</c>).
    /// </exception>
    public IReadOnlyList<ReviewedSlice> Add(params IReadOnlyList<ReviewedSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        foreach (ReviewedSlice slice in slices)
        {
            RequireFiles(slice);
        }

        if (slices.Count == 0)
        {
            return [];
        }

        string relative = Path.GetDirectoryName(slices[0].Name.Replace('/', Path.DirectorySeparatorChar)) ?? string.Empty;
        (string images, string labels) = (Place("images", relative), Place("labels", relative));
        ImageSlice image = ImageSource.ReadFirst(slices[0].ImagePath, slices[0].Axis).First();
        return image.Frames > 1
            ? new ReviewedFrames(slices, images, labels, Place("images", string.Empty), replace).Copy(image.Frames)
            : slices.Select(slice => Add(slice, image, images, labels)).ToArray();
    }

    private ReviewedSlice Add(ReviewedSlice slice, ImageSlice image, string images, string labels)
    {
        var files = new ReviewedFiles(slice, images);
        files.Copy(replace);

        string name = Path.GetFileName(slice.Name);
        string mask;
        if (slice.Frame is not null && LabelVolume.IsVolume(slice.MaskPath!))
        {
            mask = Path.Combine(labels, name + ".png");
            byte[] roi = _masks.Read(slice.MaskPath!, image, [], LabelSnap.MaximumRoiCount);
            AtomicFile.Write(mask, stream => PngEncoder.WriteIndexed8(stream, image.Rows, image.Columns, roi, RoiPalette.Indexed(roi.Max())), replace);
        }
        else
        {
            mask = Path.Combine(labels, slice.Frame is null ? Path.GetFileName(slice.MaskPath!) : name + Path.GetExtension(slice.MaskPath));
            Copy(slice.MaskPath!, mask, replace);
        }

        return files.Moved(slice) with { MaskPath = mask };
    }

    /// <summary>Copies a file.</summary>
    /// <param name="source">The absolute path of the file.</param>
    /// <param name="target">The absolute path of the copy.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c> or <c>FileExists</c>.</exception>
    internal static void Copy(string source, string target, bool replace) => AtomicFile.Write(target, stream =>
    {
        using FileStream file = FileContent.OpenRead(source);
        file.CopyTo(stream);
    }, replace);

    // A name in the file cannot lead out of the folder.
    private string Place(string part, string relative)
    {
        string root = Path.GetFullPath(Path.Combine(folder, part));
        string place = Path.GetFullPath(Path.Combine(root, relative));
        return place == root || place.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? place : root;
    }
}
