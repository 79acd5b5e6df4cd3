using MedSeg.Errors;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Opens the writer of a mask format.</summary>
internal static class MaskWriters
{
    /// <summary>Opens the writer of a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="output">The folder and the format.</param>
    /// <param name="labelNames">The names of the ROIs 1 to K.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="MedSegException">The series cannot be written in this format.</exception>
    public static IMaskWriter Open(ScanSeries series, MaskOutput output, IReadOnlyList<string> labelNames)
    {
        string path = OutputPaths.Of(series.Name, output);
        SourceSlice first = series.Slices[0];
        switch (output.Format)
        {
            case MaskFormat.Nifti or MaskFormat.Nrrd or MaskFormat.SegNrrd:
                return first.Volume is { } volume ? new VolumeMaskWriter(volume, path, output, labelNames) : new SeriesMaskWriter(series, path, output, labelNames);
            case MaskFormat.DicomSeg or MaskFormat.RtStruct when first.IsPicture || first.Volume is not null:
                throw NotDicom(first, path, output.Format);
            case MaskFormat.DicomSeg:
                return new SegMaskWriter(series, labelNames, path, output);
            case MaskFormat.RtStruct:
                return new RtStructMaskWriter(series, labelNames, path, output);
            case MaskFormat.Tiff when OutputPaths.IsOneFile(series, output.Format):
                return new TiffStackWriter(series, labelNames.Count, path, output);
            default:
                return new MaskFiles(output, labelNames.Count);
        }
    }

    private static FileFormatException NotDicom(SourceSlice first, string path, MaskFormat format)
    {
        string what = format == MaskFormat.DicomSeg ? "a DICOM segmentation" : "an RT Structure Set";
        return new FileFormatException(ErrorIds.SeriesIdentity, path, $"The file was not written, because {what} refers to DICOM images, and {first.Path} is {first.Volume?.Header.Format ?? "a picture"}.")
        {
            Advice = first.IsPicture ? "Use -Format Png." : "Use -Format Nifti.",
        };
    }
}
