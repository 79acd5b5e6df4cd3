namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>How the passes of code-blocks are coded (T.800, table A.19).</summary>
[Flags]
internal enum CodeBlockStyle
{
    None = 0,

    /// <summary>From the fifth bit-plane on, all but cleanup passes are raw bits.</summary>
    Bypass = 1,

    /// <summary>The probabilities start anew with each pass.</summary>
    ResetContexts = 2,

    /// <summary>Each pass ends its codeword segment.</summary>
    TerminateEachPass = 4,

    /// <summary>Contexts do not look into the next stripe of four rows.</summary>
    VerticallyCausal = 8,

    /// <summary>Codeword segments end so that errors can be detected; decoding is the same.</summary>
    PredictableTermination = 16,

    /// <summary>Each cleanup pass ends with four known bits.</summary>
    SegmentationSymbols = 32,
}
