using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Reports.Review;

/// <summary>Reads the masks of accepted slices. It keeps the last label volume or stack in memory, since its slices follow each other.</summary>
internal sealed class ReviewedMasks
{
    private (string Path, LabelVolume Volume)? _volume;
    private (string Path, IReadOnlyList<LabelImage> Pages)? _stack;

    /// <summary>Reads the mask of a slice.</summary>
    /// <param name="slice">The slice, which has a mask.</param>
    /// <param name="image">Its image.</param>
    /// <returns>The ROI numbers, row by row.</returns>
    /// <exception cref="MedSegException">The mask cannot be read, has another size than the image (<c>LabelSizeMismatch</c>), or has values that are no ROIs.</exception>
    public byte[] Read(ReviewedSlice slice, ImageSlice image)
    {
        string path = slice.MaskPath!;
        LabelImage labels = LabelVolume.IsVolume(path) ? OfVolume(path, image)
            : image.Frames > 1 && path.EndsWith(".tif", StringComparison.OrdinalIgnoreCase) ? OfStack(path, image)
            : LabelReader.Read(path);
        if (labels.Rows != image.Rows || labels.Columns != image.Columns)
        {
            throw new FileFormatException(ErrorIds.LabelSizeMismatch, path, $"The mask has {labels.Rows} × {labels.Columns} pixels, the image {image.Rows} × {image.Columns}.") { Advice = "Use the image that was segmented." };
        }

        LabelCheckResult check = LabelSnap.Check(labels, LabelSnap.MaximumRoiCount);
        return check.Roi ?? throw new FileFormatException(check.Problems[0].Code, path, check.Problems[0].Message) { Advice = check.Problems[0].Advice };
    }

    private LabelImage OfVolume(string path, ImageSlice image)
    {
        _volume = _volume is { } last && last.Path == path ? last : (path, LabelVolume.Open(path, LabelMapping.None, []));
        return _volume.Value.Volume.Slice(image).Mask;
    }

    // As segmentation writes them: a TIFF file has the masks of all frames.
    private LabelImage OfStack(string path, ImageSlice image)
    {
        _stack = _stack is { } last && last.Path == path ? last : (path, LabelReader.ReadFrames(path, image.Frames));
        return _stack.Value.Pages[image.Frame - 1];
    }
}
