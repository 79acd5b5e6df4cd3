namespace MedSeg.Dicom.Attributes;

/// <summary>What is unusual about the pixel spacing that a file states.</summary>
/// <param name="Finding">A sentence that shows what the file states.</param>
/// <param name="Advice">What to do.</param>
/// <param name="IsAtDetector">
/// Whether the spacing is that at the detector of an X-ray device, which is larger than in the patient (PS3.3, C.8.11.2 and 10.7.1.3).
/// </param>
internal sealed record SpacingNote(string Finding, string Advice, bool IsAtDetector = false)
{
    /// <summary>Gets finding and advice.</summary>
    public string Text => $"{Finding} {Advice}";
}
