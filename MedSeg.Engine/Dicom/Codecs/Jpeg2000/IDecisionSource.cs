namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Where coding passes take their binary decisions from: the arithmetic decoder or raw bits.</summary>
internal unsafe interface IDecisionSource
{
    /// <summary>Gets a value indicating whether decisions are bare bits that no context predicts.</summary>
    static abstract bool IsRaw { get; }

    /// <summary>Takes a decision.</summary>
    /// <param name="context">The state of the context that predicts it.</param>
    /// <returns>0 or 1.</returns>
    uint Decide(uint* context);
}
