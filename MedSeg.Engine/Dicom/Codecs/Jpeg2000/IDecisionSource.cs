namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The source of the binary decisions of coding passes: the arithmetic decoder or raw bits.</summary>
internal unsafe interface IDecisionSource
{
    /// <summary>Gets a value indicating whether decisions are raw bits without contexts.</summary>
    static abstract bool IsRaw { get; }

    /// <summary>Reads a decision.</summary>
    /// <param name="context">The state of its context.</param>
    /// <returns>0 or 1.</returns>
    uint Decide(ref ulong context);

    /// <summary>Reads a decision whose symbols are about equally probable: as <see cref="Decide"/>, but without branches that would be mispredicted.</summary>
    /// <param name="context">The state of its context.</param>
    /// <returns>0 or 1.</returns>
    uint DecideEvenly(ref ulong context);
}
