namespace MedSeg.Inference.Output;

/// <summary>What the ROIs of a name are, in codes (DICOM PS3.3, C.8.20.4).</summary>
/// <param name="Name">The name of ROIs, without regard to case; <c>*</c> stands for any characters and <c>?</c> for one.</param>
/// <param name="Type">What is segmented, for example a muscle.</param>
public sealed record SegmentCode(string Name, CodedTerm Type)
{
    /// <summary>Gets what kind of thing the type is.</summary>
    public CodedTerm Category { get; init; } = CodedTerm.AnatomicalStructure;
}
