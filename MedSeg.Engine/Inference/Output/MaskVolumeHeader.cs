using MedSeg.Imaging;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>The header of a mask volume in NIfTI or NRRD, whose voxels are compressed with gzip.</summary>
/// <param name="Plain">What precedes the compressed part.</param>
/// <param name="Compressed">What the compressed part starts with.</param>
internal sealed record MaskVolumeHeader(byte[] Plain, byte[] Compressed)
{
    /// <summary>Creates the header of a series of DICOM images.</summary>
    /// <param name="series">The grid of the series.</param>
    /// <param name="count">The number of slices.</param>
    /// <param name="output">The format, and the codes of segments.</param>
    /// <param name="names">The names of the ROIs.</param>
    public static MaskVolumeHeader Of(SeriesGeometry series, int count, MaskOutput output, IReadOnlyList<string> names)
    {
        ImagePlane plane = series.First;
        if (output.Format == MaskFormat.Nifti)
        {
            return new MaskVolumeHeader([], series.Step is { } step
                ? NiftiHeaderWriter.Create(plane.Origin, [plane.ColumnStep, plane.RowStep, step], [plane.Columns, plane.Rows, count])
                : NiftiHeaderWriter.CreateFlat(plane));
        }

        // Readers of NRRD need three axes, so a slice of unknown thickness gets 1 mm, with a warning.
        Vector3D[] steps = [plane.ColumnStep, plane.RowStep, series.Step ?? plane.Normal];
        return OfNrrd(new VolumeGeometry([plane.Columns, plane.Rows, count], plane.Origin, steps, IsPlaced: true), output, names);
    }

    /// <summary>Creates the header of a mask with the voxels of a volume.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="output">The format, and the codes of segments.</param>
    /// <param name="names">The names of the ROIs.</param>
    public static MaskVolumeHeader Of(VolumeHeader volume, MaskOutput output, IReadOnlyList<string> names) =>
        output.Format != MaskFormat.Nifti ? OfNrrd(volume.Geometry, output, names)
        : new MaskVolumeHeader([], volume.Nifti is { } nifti ? NiftiMaskHeader.Create(nifti) : NiftiHeaderWriter.Create(volume.Geometry));

    private static MaskVolumeHeader OfNrrd(VolumeGeometry geometry, MaskOutput output, IReadOnlyList<string> names) =>
        new(NrrdHeaderWriter.Create(geometry, output.Format == MaskFormat.SegNrrd ? [.. names.Select((name, i) => SegmentOf(i + 1, name, output))] : []), []);

    private static NrrdOutputSegment SegmentOf(int roi, string name, MaskOutput output) =>
        new(roi, name, RoiPalette.ColorOf(roi), SegmentTerms.Of(name, output.SegmentCodes).ToSlicer());
}
