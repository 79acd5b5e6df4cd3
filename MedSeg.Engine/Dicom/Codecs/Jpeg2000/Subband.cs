namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A subband of a tile's component.</summary>
/// <param name="Area">The area in its own coordinates.</param>
/// <param name="Orientation">The frequencies in the subband.</param>
/// <param name="PlaneCount">The number of bit-planes, including those of the region of interest.</param>
/// <param name="StepSize">The quantization step.</param>
internal sealed record Subband(Area Area, Orientation Orientation, int PlaneCount, float StepSize)
{
    /// <summary>Gets the code-blocks with data in packets.</summary>
    public List<CodeBlock> Blocks { get; } = [];
}
