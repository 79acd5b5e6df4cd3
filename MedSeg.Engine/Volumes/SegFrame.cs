using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>A frame of a DICOM SEG: its position and the segment that it shows.</summary>
/// <param name="Index">The frame, from 0.</param>
/// <param name="Segment">The segment's number; <see langword="null"/> in a label map, whose pixels are segment numbers.</param>
/// <param name="Plane">The plane of its pixels; <see langword="null"/> if the file does not state it.</param>
/// <param name="Grid">The grid of its pixels, as thick as slices that may show it; <see langword="null"/> if the file does not state its plane.</param>
/// <param name="Sources">The images on which it was drawn, if the file states them.</param>
internal sealed record SegFrame(int Index, int? Segment, ImagePlane? Plane, VoxelGrid? Grid, IReadOnlyList<SegFrameSource> Sources)
{
    // A frame extends at most half of this (in mm) to each side, even if the file states a larger thickness.
    private const double GreatestThickness = 2;

    /// <summary>Reads a frame from the functional groups (DICOM PS3.3, C.8.20).</summary>
    /// <param name="index">The frame, from 0.</param>
    /// <param name="groups">The functional groups.</param>
    /// <param name="pixels">The layout of the pixels.</param>
    /// <param name="isLabelMap">Whether pixels are segment numbers.</param>
    /// <returns>The frame.</returns>
    /// <exception cref="FileFormatException">The frame does not state its segment.</exception>
    public static SegFrame Read(int index, FunctionalGroups groups, PixelDescription pixels, bool isLabelMap)
    {
        DicomDataset identification = groups.Holder(index, DicomTag.SegmentIdentificationSequence, DicomTag.ReferencedSegmentNumber);
        int? segment = isLabelMap ? null : identification.GetUInt16(DicomTag.ReferencedSegmentNumber, "Referenced Segment Number");
        ImagePlane? plane = ReadPlane(index, groups, pixels);
        VoxelGrid? grid = plane is { } placed ? GridOf(placed, ThicknessOf(index, groups)) : null;
        return new SegFrame(index, segment, grid is null ? null : plane, grid, [.. ReadSources(index, groups)]);
    }

    /// <summary>Checks whether the frame names a slice as its source.</summary>
    /// <param name="slice">The slice.</param>
    public bool IsDrawnOn(SlicePlane slice) => IsDrawnOn(slice.Uid, slice.Frame, slice.Frames);

    /// <summary>Checks whether the frame names a slice as its source.</summary>
    /// <param name="uid">The UID of the slice's file.</param>
    /// <param name="frame">The frame of the slice, from 1.</param>
    /// <param name="frames">The number of frames of the file.</param>
    public bool IsDrawnOn(string? uid, int frame, int frames) => Sources.Any(source => source.RefersTo(uid, frame, frames));

    private static ImagePlane? ReadPlane(int index, FunctionalGroups groups, PixelDescription pixels)
    {
        double[]? position = groups.Holder(index, DicomTag.PlanePositionSequence, DicomTag.ImagePosition).FindDecimals(DicomTag.ImagePosition);
        double[]? cosines = groups.Holder(index, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientation).FindDecimals(DicomTag.ImageOrientation);
        DicomDataset measures = groups.Holder(index, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing);
        if (position?.Length != 3
            || cosines?.Length != 6
            || measures.FindDecimals(DicomTag.PixelSpacing) is not [> 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity] spacing)
        {
            return null;
        }

        return ImagePlane.Of(position, cosines, new PixelSpacing(spacing[0], spacing[1]), pixels.Rows, pixels.Columns);
    }

    private static double ThicknessOf(int index, FunctionalGroups groups)
    {
        DicomDataset measures = groups.Holder(index, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing);
        double[]? distance = measures.FindDecimals(DicomTag.SpacingBetweenSlices) ?? measures.FindDecimals(DicomTag.SliceThickness);
        return distance is [double stated] && Math.Abs(stated) > 0 ? Math.Min(Math.Abs(stated), GreatestThickness) : GreatestThickness;
    }

    private static VoxelGrid? GridOf(ImagePlane plane, double thickness) =>
        VoxelGrid.Create(plane.Origin, [plane.ColumnStep, plane.RowStep, thickness * plane.Normal], [plane.Columns, plane.Rows, 1]);

    private static IEnumerable<SegFrameSource> ReadSources(int index, FunctionalGroups groups) =>
        groups.Holder(index, DicomTag.DerivationImageSequence, DicomTag.SourceImageSequence)
            .Items(DicomTag.SourceImageSequence)
            .Where(source => source.FindText(DicomTag.ReferencedSopInstanceUid) is not null)
            .Select(source => new SegFrameSource(
                source.FindText(DicomTag.ReferencedSopInstanceUid)!, source.FindDecimals(DicomTag.ReferencedFrameNumber) ?? []));
}
