using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Outlines on the slices of a series of files; they state the number of their slice in the stack.</summary>
internal sealed class OutlineStack : LabelVolume
{
    private readonly OutlineLabels _outlines;
    private readonly int _slices;

    /// <summary>Initializes a new instance of the <see cref="OutlineStack"/> class.</summary>
    /// <param name="outlines">The outlines.</param>
    /// <param name="path">The absolute path of their file.</param>
    /// <param name="slices">The number of slices of the series.</param>
    /// <exception cref="FileFormatException"><c>LabelFrames</c>: an outline does not state its slice, or the series has fewer slices.</exception>
    public OutlineStack(OutlineLabels outlines, string path, int slices)
        : base(path)
    {
        outlines.RequireSlices(slices);
        (_outlines, _slices) = (outlines, slices);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string> RoiNames => _outlines.RoiNames;

    /// <inheritdoc/>
    public override bool IsConcurrent => true;

    /// <inheritdoc/>
    public override SliceLabels Slice(ImageSlice image) => image.Frames == 1
        ? _outlines.Slice(image with { Frame = image.StackNumber, Frames = _slices })
        : throw Error(ErrorIds.LabelFrames, $"The ROIs are of a series of files with one slice each, but an image has {image.Frames} frames.", "Save a set of ROIs for each file, with the name of the file.");

    /// <inheritdoc/>
    public override int CountUnseen() => 0;
}
