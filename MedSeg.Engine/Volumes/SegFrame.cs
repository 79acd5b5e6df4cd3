using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>A frame of a DICOM SEG: where it lies and which segment it shows.</summary>
/// <param name="Index">The frame, from 0.</param>
/// <param name="Segment">The segment's number; null where pixels are the numbers of segments.</param>
/// <param name="Grid">Where its pixels lie; null where the file does not say.</param>
/// <param name="Sources">The images that it was drawn on, where the file says.</param>
internal sealed record SegFrame(int Index, int? Segment, VoxelGrid? Grid, IReadOnlyList<SegFrameSource> Sources)
{
    // A frame reaches at most half of this to both sides, however thick the file says that it is.
    private const double GreatestThickness = 2;

    /// <summary>Reads what the functional groups say of a frame (DICOM PS3.3, C.8.20).</summary>
    /// <param name="index">The frame, from 0.</param>
    /// <param name="groups">The functional groups.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="isLabelMap">Whether pixels are the numbers of segments.</param>
    /// <returns>The frame.</returns>
    /// <exception cref="FileFormatException">The frame does not say which segment it shows.</exception>
    public static SegFrame Read(int index, FunctionalGroups groups, PixelDescription pixels, bool isLabelMap)
    {
        int? segment = isLabelMap ? null : groups.Holder(index, DicomTag.SegmentIdentificationSequence, DicomTag.ReferencedSegmentNumber).GetUInt16(DicomTag.ReferencedSegmentNumber, "Referenced Segment Number");
        return new SegFrame(index, segment, ReadGrid(index, groups, pixels), [.. ReadSources(index, groups)]);
    }

    private static VoxelGrid? ReadGrid(int index, FunctionalGroups groups, PixelDescription pixels)
    {
        double[]? position = groups.Holder(index, DicomTag.PlanePositionSequence, DicomTag.ImagePosition).FindDecimals(DicomTag.ImagePosition);
        double[]? cosines = groups.Holder(index, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientation).FindDecimals(DicomTag.ImageOrientation);
        DicomDataset measures = groups.Holder(index, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing);
        if (position?.Length != 3 || cosines?.Length != 6 || measures.FindDecimals(DicomTag.PixelSpacing) is not [> 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity] spacing)
        {
            return null;
        }

        if (ImagePlane.Of(position, cosines, new PixelSpacing(spacing[0], spacing[1]), pixels.Rows, pixels.Columns) is not { } plane)
        {
            return null;
        }

        double[]? distance = measures.FindDecimals(DicomTag.SpacingBetweenSlices) ?? measures.FindDecimals(DicomTag.SliceThickness);
        double thickness = distance is [double stated] && Math.Abs(stated) > 0 ? Math.Min(Math.Abs(stated), GreatestThickness) : GreatestThickness;
        return VoxelGrid.Create(plane.Origin, [plane.ColumnStep, plane.RowStep, thickness * plane.Normal], [pixels.Columns, pixels.Rows, 1]);
    }

    private static IEnumerable<SegFrameSource> ReadSources(int index, FunctionalGroups groups) =>
        groups.Holder(index, DicomTag.DerivationImageSequence, DicomTag.SourceImageSequence)
            .Items(DicomTag.SourceImageSequence)
            .Where(source => source.FindText(DicomTag.ReferencedSopInstanceUid) is not null)
            .Select(source => new SegFrameSource(source.FindText(DicomTag.ReferencedSopInstanceUid)!, source.FindDecimals(DicomTag.ReferencedFrameNumber) ?? []));
}
