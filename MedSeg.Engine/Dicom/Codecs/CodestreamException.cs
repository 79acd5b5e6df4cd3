namespace MedSeg.Dicom.Codecs;

/// <summary>Thrown when a compressed frame cannot be decoded; the caller adds the name of the file.</summary>
/// <param name="problem">What was found and what was expected, as a phrase without a capital or full stop.</param>
/// <param name="offset">The offset within the codestream at which reading stopped, in bytes.</param>
internal sealed class CodestreamException(string problem, int offset) : Exception(problem)
{
    /// <summary>Gets the offset within the codestream at which reading stopped, in bytes.</summary>
    public int Offset { get; } = offset;
}
