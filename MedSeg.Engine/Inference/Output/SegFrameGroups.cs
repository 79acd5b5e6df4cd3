using MedSeg.Dicom.Parsing;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the functional groups of a DICOM SEG (PS3.3, C.7.6.16): segment, source image, and the position and size that the images state.
/// Values that they do not state are left out, because nobody could tell an assumed value from a measured one. The standard allows this
/// (table A.51-2), because each frame references its source image.
/// </summary>
/// <param name="series">The series.</param>
/// <param name="source">The attributes copied from its images.</param>
/// <param name="isPlaced">Whether each slice states position, orientation and pixel spacing.</param>
internal sealed class SegFrameGroups(ScanSeries series, SegSource source, bool isPlaced)
{
    /// <summary>Writes the dimension index (C.7.6.17): the segment, then the position, or the index in the series where no position is known.</summary>
    /// <param name="elements">The data set to write to.</param>
    /// <param name="isPlaced">Whether positions are known.</param>
    public static void WriteDimensions(DicomElementWriter elements, bool isPlaced)
    {
        string organization = DicomUid.Create();
        (DicomTag place, DicomTag group) = isPlaced ? (DicomTag.ImagePosition, DicomTag.PlanePositionSequence) : (DicomTag.InStackPositionNumber, DicomTag.FrameContentSequence);
        elements.Sequence(new(0x0020, 0x9221), item => item.Text(new(0x0020, 0x9164), DicomVr.UI, organization));
        elements.Sequence(
            new(0x0020, 0x9222),
            item => WriteDimension(item, organization, DicomTag.ReferencedSegmentNumber, DicomTag.SegmentIdentificationSequence),
            item => WriteDimension(item, organization, place, group));
    }

    /// <summary>Writes a coded term.</summary>
    /// <param name="item">The item to write to.</param>
    /// <param name="value">The code.</param>
    /// <param name="scheme">The coding scheme.</param>
    /// <param name="meaning">The meaning.</param>
    public static void WriteCode(DicomElementWriter item, string value, string scheme, string meaning)
    {
        item.Text(new(0x0008, 0x0100), DicomVr.SH, value);
        item.Text(new(0x0008, 0x0102), DicomVr.SH, scheme);
        item.Text(new(0x0008, 0x0104), DicomVr.LO, meaning);
    }

    /// <summary>Writes the shared and the per-frame functional groups.</summary>
    /// <param name="elements">The data set to write to.</param>
    /// <param name="frames">The frames.</param>
    public void Write(DicomElementWriter elements, IReadOnlyList<SegOutputFrame> frames)
    {
        elements.Sequence(DicomTag.SharedFunctionalGroups, WriteShared);
        elements.Sequence(DicomTag.PerFrameFunctionalGroups, [.. frames.Select(frame => (Action<DicomElementWriter>)(item => WriteFrame(item, frame)))]);
    }

    private static void WriteDimension(DicomElementWriter item, string organization, DicomTag pointer, DicomTag group)
    {
        const DicomVr AttributeTag = (DicomVr)(('A' << 8) | 'T');
        item.Text(new(0x0020, 0x9164), DicomVr.UI, organization);
        item.Bytes(new(0x0020, 0x9165), AttributeTag, Bytes(pointer));
        item.Bytes(new(0x0020, 0x9167), AttributeTag, Bytes(group));
    }

    private static byte[] Bytes(DicomTag tag) => [(byte)tag.Group, (byte)(tag.Group >> 8), (byte)tag.Element, (byte)(tag.Element >> 8)];

    private void WriteShared(DicomElementWriter shared)
    {
        if (!isPlaced)
        {
            return;
        }

        SourceSlice first = series.Slices[0];
        ImagePlane plane = first.Plane!.Value;
        Vector3D row = 1 / plane.ColumnStep.Length * plane.ColumnStep;
        Vector3D column = 1 / plane.RowStep.Length * plane.RowStep;
        shared.Sequence(DicomTag.PlaneOrientationSequence, item => item.Decimals(DicomTag.ImageOrientation, row.X, row.Y, row.Z, column.X, column.Y, column.Z));
        if (SeriesGeometry.ThicknessOf(series.Slices) is not { } thickness)
        {
            // Validators reject Pixel Measures without a thickness, so the whole group is left out.
            return;
        }

        shared.Sequence(DicomTag.PixelMeasuresSequence, item =>
        {
            item.Decimals(DicomTag.SliceThickness, thickness);
            if (SeriesGeometry.DistanceOf(series.Slices) is { } distance)
            {
                item.Decimals(DicomTag.SpacingBetweenSlices, distance);
            }

            item.Decimals(DicomTag.PixelSpacing, first.Spacing!.Value.Row, first.Spacing.Value.Column);
        });
    }

    private void WriteFrame(DicomElementWriter group, SegOutputFrame frame)
    {
        group.Sequence(DicomTag.DerivationImageSequence, item =>
        {
            item.Sequence(DicomTag.SourceImageSequence, image =>
            {
                source.Refer(image, frame.Instance, frame.SourceFrame);
                image.Sequence(new(0x0040, 0xA170), code => WriteCode(code, "121322", "DCM", "Source image for image processing operation"));
            });
            item.Sequence(new(0x0008, 0x9215), code => WriteCode(code, "113076", "DCM", "Segmentation"));
        });
        group.Sequence(DicomTag.FrameContentSequence, item =>
        {
            if (!isPlaced)
            {
                item.Text(new(0x0020, 0x9056), DicomVr.SH, "1");
                item.UInt32(DicomTag.InStackPositionNumber, (uint)frame.Place);
            }

            item.UInt32s(new(0x0020, 0x9157), (uint)frame.Roi, (uint)frame.Place);
        });
        if (frame.Position is { } position)
        {
            group.Sequence(DicomTag.PlanePositionSequence, item => item.Decimals(DicomTag.ImagePosition, position.X, position.Y, position.Z));
        }

        group.Sequence(DicomTag.SegmentIdentificationSequence, item => item.UInt16(DicomTag.ReferencedSegmentNumber, frame.Roi));
    }
}
