using MedSeg.Data.Samples;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>A usable sample under inspection, with its measurements and the problems found so far.</summary>
/// <param name="sample">The sample.</param>
/// <param name="measure">Its measurements.</param>
internal sealed class InspectedSlice(Sample sample, SliceFeatures measure)
{
    /// <summary>Gets the sample.</summary>
    public Sample Sample => sample;

    /// <summary>Gets the measurements of the sample.</summary>
    public SliceFeatures Measure => measure;

    /// <summary>Gets the problems that the inspection found; those of the import are not among them.</summary>
    public List<LabelProblem> Problems { get; } = [];

    /// <summary>Gets the ROI that was probably meant, by the ROI in the mask; empty if none is in doubt.</summary>
    public Dictionary<int, int> Likely { get; } = [];

    /// <summary>Adds a problem.</summary>
    /// <param name="code">The stable identifier.</param>
    /// <param name="severity">The severity.</param>
    /// <param name="finding">What was found, in whole sentences; the path of the file is put in front.</param>
    /// <param name="advice">What to do, in whole sentences; or null.</param>
    /// <param name="isOfImage">Whether the problem is one of the image, not of the mask.</param>
    /// <param name="pixels">The number of pixels concerned.</param>
    public void Add(string code, LabelSeverity severity, string finding, string? advice = null, bool isOfImage = false, long pixels = 0) =>
        Problems.Add(new LabelProblem(code, severity, $"{(isOfImage ? sample.ImagePath : sample.LabelPath)}: {finding}", pixels) { Advice = advice });
}
