using System.Globalization;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Labels.Polygons;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>The outlines of an image as masks of its frames.</summary>
internal sealed class OutlineLabels
{
    private readonly string _path;
    private readonly OutlineSet _set;
    private readonly SegmentRois _rois;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Initializes a new instance of the <see cref="OutlineLabels"/> class.</summary>
    /// <param name="set">The outlines.</param>
    /// <param name="path">The absolute path of their file.</param>
    /// <param name="map">Maps labels to ROIs; values mean nothing here.</param>
    /// <param name="labelNames">The names of the ROIs.</param>
    /// <exception cref="FileFormatException"><c>LabelSegmentUnknown</c>: a label has no ROI.</exception>
    public OutlineLabels(OutlineSet set, string path, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        (_set, _path) = (set, path);
        foreach (string label in set.Labels.Order(StringComparer.OrdinalIgnoreCase))
        {
            _numbers[label] = _numbers.Count + 1;
        }

        _rois = SegmentRois.Of(_numbers.Select(label => (label.Value, label.Key)), map with { Values = new Dictionary<float, int>() }, labelNames, Error);
    }

    /// <summary>Gets the names of ROI numbers in the file.</summary>
    public IReadOnlyDictionary<int, string> RoiNames => _rois.Names;

    /// <summary>Makes sure that all shapes are on slices of a stack.</summary>
    /// <param name="slices">The number of slices.</param>
    /// <exception cref="FileFormatException"><c>LabelFrames</c>.</exception>
    public void RequireSlices(int slices)
    {
        foreach (Outline outline in _set.Outlines)
        {
            if (outline.Slice is null)
            {
                throw WithoutSlice(outline, slices);
            }

            if (outline.Slice < 1 || outline.Slice > slices)
            {
                throw Beyond(outline, slices);
            }
        }
    }

    /// <summary>Fills the outlines of a frame.</summary>
    /// <param name="image">The frame.</param>
    /// <returns>The labels.</returns>
    /// <exception cref="FileFormatException">
    /// <c>LabelSizeMismatch</c>: the file was drawn on an image of another size; <c>LabelFrames</c>: a shape is on a frame that the image does not
    /// have; <c>OutlineInvalid</c>: a shape is damaged.
    /// </exception>
    public SliceLabels Slice(ImageSlice image)
    {
        if (_set.Size is { } size && size != (image.Rows, image.Columns))
        {
            throw Error(ErrorIds.LabelSizeMismatch, $"The shapes were drawn on {size.Rows} × {size.Columns} pixels, but the image has {image.Rows} × {image.Columns}.", "Draw them on the image itself, or export them for it.");
        }

        var labels = new SegLabels(_rois, image.Rows, image.Columns, whole: 1);
        foreach (IGrouping<string, Outline> label in _set.Outlines.Where(outline => IsOn(outline, image)).GroupBy(outline => outline.Label, StringComparer.OrdinalIgnoreCase))
        {
            int[] pixels = new int[image.Rows * image.Columns];
            foreach (Outline outline in label)
            {
                if (!outline.TryFill(image.Rows, image.Columns, pixels))
                {
                    throw Error(ErrorIds.OutlineInvalid, $"A shape of '{label.Key}' is damaged: its edges cross the image more often than it has pixels, or its mask has another size than the image.", "Draw or export it again.");
                }
            }

            labels.Add(pixels, _numbers[label.Key], voxels: null);
        }

        IReadOnlyList<LabelProblem> problems = labels.Problems(_path);
        return new SliceLabels(labels.ToImage(), IsMatched: true, image.Frame == 1 && _set.Skipped > 0 ? [.. problems, Skipped()] : problems);
    }

    private LabelProblem Skipped() => new(
        ErrorIds.OutlineSkipped,
        LabelSeverity.Warning,
        string.Create(CultureInfo.InvariantCulture, $"{_path}: {(_set.Skipped == 1 ? "1 shape is" : $"{_set.Skipped} shapes are")} left out, because {(_set.Skipped == 1 ? "it encloses" : "they enclose")} no area (lines, points) or {(_set.Skipped == 1 ? "is" : "are")} of a kind that is not read."),
        0);

    private bool IsOn(Outline outline, ImageSlice image)
    {
        if (outline.Slice is { } slice && (slice < 1 || slice > image.Frames))
        {
            throw Beyond(outline, image.Frames);
        }

        return image.Frames == 1 || outline.Slice == image.Frame || (outline.Slice is null
            ? throw WithoutSlice(outline, image.Frames)
            : false);
    }

    private FileFormatException Beyond(Outline outline, int slices) =>
        Error(ErrorIds.LabelFrames, $"'{outline.Label}' was drawn on slice {outline.Slice}, but the image has {(slices == 1 ? "one slice" : $"{slices} slices")}.", "Draw the ROIs on the image itself.");

    private FileFormatException WithoutSlice(Outline outline, int slices) =>
        Error(ErrorIds.LabelFrames, $"'{outline.Label}' does not state its slice, but the image has {slices} slices.", "In ImageJ's ROI Manager, give each ROI its position with Properties, and save the set again.");

    private FileFormatException Error(string errorId, string finding, string advice) => new(errorId, _path, finding) { Advice = advice };
}
