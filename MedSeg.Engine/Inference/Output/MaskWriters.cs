using MedSeg.Errors;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Chooses what writes the masks of a series.</summary>
internal static class MaskWriters
{
    /// <summary>Opens a writer.</summary>
    /// <param name="series">The series.</param>
    /// <param name="options">Where to write, and what.</param>
    /// <param name="model">The model.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="MedSegException">The series cannot be written in this format.</exception>
    public static IMaskWriter Open(ScanSeries series, SegmentationOptions options, SegmentationModel model) => options.Format switch
    {
        MaskFormat.Nifti => new NiftiMaskWriter(series, OutputPaths.Of(series.Name, options)),
        MaskFormat.DicomSeg => new SegMaskWriter(series, model.LabelNames, OutputPaths.Of(series.Name, options)),
        _ => new MaskFiles(options, model.LabelNames.Count),
    };
}
