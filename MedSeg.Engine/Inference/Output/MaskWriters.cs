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
        MaskFormat.Nifti => new NiftiMaskWriter(series, OutputPaths.Of(series.Name, output), output.Force),
        MaskFormat.DicomSeg => new SegMaskWriter(series, labelNames, OutputPaths.Of(series.Name, output), output),
        _ => new MaskFiles(output, labelNames.Count),
    };
}
