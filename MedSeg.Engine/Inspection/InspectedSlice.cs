using MedSeg.Data.Samples;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>A usable sample under inspection: what was measured of it, and what was found so far.</summary>
internal sealed class InspectedSlice(Sample sample, SliceFeatures measure)
{
    /// <summary>Gets the sample.</summary>
    public Sample Sample => sample;

    /// <summary>Gets what was measured.</summary>
    public SliceFeatures Measure => measure;

    /// <summary>Gets what was found, beside what the import found.</summary>
    public List<LabelProblem> Problems { get; } = [];

    /// <summary>Gets the ROI that is probably meant, by the ROI in the mask, for those in doubt.</summary>
    public Dictionary<int, int> Likely { get; } = [];

    /// <summary>Adds a finding, with the path of the file before its message.</summary>
    public void Add(string code, LabelSeverity severity, string message, bool isOfImage = false, long pixels = 0) =>
        Problems.Add(new LabelProblem(code, severity, $"{(isOfImage ? sample.ImagePath : sample.LabelPath)}: {message}", pixels));
}
