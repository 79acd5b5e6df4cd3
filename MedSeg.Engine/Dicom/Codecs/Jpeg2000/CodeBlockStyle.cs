namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The coding style of the passes of code-blocks (T.800, table A.19).</summary>
[Flags]
internal enum CodeBlockStyle
{
    None = 0,

    /// <summary>From the fifth bit-plane on, all but cleanup passes are raw bits.</summary>
    Bypass = 1,

    /// <summary>Probabilities are reset at each pass.</summary>
    ResetContexts = 2,

    /// <summary>Each pass ends its codeword segment.</summary>
    TerminateEachPass = 4,

    /// <summary>Contexts do not depend on the next stripe of four rows.</summary>
    VerticallyCausal = 8,

    /// <summary>Codeword segments end so that errors can be detected; decoding is the same.</summary>
    PredictableTermination = 16,

    /// <summary>Each cleanup pass ends with four known bits.</summary>
    SegmentationSymbols = 32,
}
