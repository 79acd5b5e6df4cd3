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
    public static IMaskWriter Open(ScanSeries series, MaskOutput output, IReadOnlyList<string> labelNames) => output.Format switch
    {
        MaskFormat.Nifti when series.Slices[0].Volume is { } volume => new VolumeMaskWriter(volume, OutputPaths.Of(series.Name, output), output.Force),
        MaskFormat.Nifti => new NiftiMaskWriter(series, OutputPaths.Of(series.Name, output), output.Force),
        MaskFormat.DicomSeg when series.Slices[0] is { } first && (first.IsPicture || first.Volume is not null) => throw new FileFormatException(
            ErrorIds.SeriesIdentity, OutputPaths.Of(series.Name, output), $"The file was not written, because a DICOM segmentation refers to DICOM images, and {first.Path} is {first.Volume?.Header.Format ?? "a picture"}.")
        {
            Advice = first.IsPicture ? "Use -Format Png." : "Use -Format Nifti.",
        },
        MaskFormat.DicomSeg => new SegMaskWriter(series, labelNames, OutputPaths.Of(series.Name, output), output),
        _ => new MaskFiles(output, labelNames.Count),
    };
}
