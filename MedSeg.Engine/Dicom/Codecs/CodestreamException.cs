namespace MedSeg.Dicom.Codecs;

/// <summary>A compressed frame that cannot be decoded; the caller adds the file.</summary>
/// <param name="problem">What was found and what was expected, as a sentence without a capital.</param>
/// <param name="offset">The offset within the codestream where reading stopped.</param>
internal sealed class CodestreamException(string problem, int offset) : Exception(problem)
{
    /// <summary>Gets the offset within the codestream where reading stopped.</summary>
    public int Offset { get; } = offset;
}
