namespace MedSeg.Dicom;

/// <summary>A compressed frame that cannot be decoded; the caller adds the file.</summary>
/// <param name="problem">What was found and what was expected.</param>
/// <param name="offset">Where reading stopped, in bytes from the start of the frame.</param>
internal sealed class CodestreamException(string problem, int offset) : Exception(problem)
{
    /// <summary>Gets the offset within the codestream at which reading stopped.</summary>
    public int Offset { get; } = offset;
}
