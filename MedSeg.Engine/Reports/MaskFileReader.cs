using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>Reads the masks of slices that were segmented. It keeps the last label volume or stack in memory, since its slices follow each other.</summary>
internal sealed class MaskFileReader
{
    private (string Path, LabelVolume Volume)? _volume;
    private (string Path, IReadOnlyList<LabelImage> Pages)? _stack;

    /// <summary>Gets the names that the last label volume gives to ROI numbers; empty if it gives none.</summary>
    public IReadOnlyDictionary<int, string> RoiNames => _volume?.Volume.RoiNames ?? new Dictionary<int, string>();

    /// <summary>Reads the mask of a slice.</summary>
    /// <param name="path">The absolute path of the mask.</param>
    /// <param name="image">The image of the slice.</param>
    /// <param name="names">The names of the ROIs, by which a label volume may list them; empty if they are not known.</param>
    /// <param name="roiCount">The highest ROI number.</param>
    /// <returns>The ROI numbers, row by row.</returns>
    /// <exception cref="MedSegException">The mask cannot be read, has another size than the image (<c>LabelSizeMismatch</c>), or has values that are no ROIs.</exception>
    public byte[] Read(string path, ImageSlice image, IReadOnlyList<string> names, int roiCount)
    {
        LabelImage labels = LabelVolume.IsVolume(path) ? OfVolume(path, image, names)
            : image.Frames > 1 && path.EndsWith(".tif", StringComparison.OrdinalIgnoreCase) ? OfStack(path, image)
            : LabelReader.Read(path);
        if (labels.Rows != image.Rows || labels.Columns != image.Columns)
        {
            throw new FileFormatException(ErrorIds.LabelSizeMismatch, path, $"The mask has {labels.Rows} × {labels.Columns} pixels, the image {image.Rows} × {image.Columns}.") { Advice = "Use the image that was segmented." };
        }

        LabelCheckResult check = LabelSnap.Check(labels, roiCount);
        return check.Roi ?? throw Refuse(check.Problems.First(problem => problem.Severity == LabelSeverity.Error), path);
    }

    private static FileFormatException Refuse(LabelProblem problem, string path) => new(problem.Code, path, problem.Message) { Advice = problem.Advice };

    private LabelImage OfVolume(string path, ImageSlice image, IReadOnlyList<string> names)
    {
        _volume = _volume is { } last && last.Path == path ? last : (path, LabelVolume.Open(path, LabelMapping.None, names));
        return _volume.Value.Volume.Slice(image).Mask;
    }

    // A TIFF file has the masks of all frames, as segmentation writes it; other pictures have that of one.
    private LabelImage OfStack(string path, ImageSlice image)
    {
        _stack = _stack is { } last && last.Path == path ? last : (path, LabelReader.ReadFrames(path, image.Frames));
        return _stack.Value.Pages[image.Frame - 1];
    }
}
