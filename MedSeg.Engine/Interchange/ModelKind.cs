namespace MedSeg.Interchange;

/// <summary>The kinds of files that hold a network.</summary>
public enum ModelKind
{
    /// <summary>A trained or imported MedSeg model.</summary>
    Model,

    /// <summary>A MedSeg checkpoint, from which a run can go on.</summary>
    Checkpoint,

    /// <summary>Weights in safetensors without MedSeg's description; Import-MedSegModel makes a model of them.</summary>
    Weights,

    /// <summary>A .pt file of PyTorch; Import-MedSegModel makes a model of it.</summary>
    PyTorch,

    /// <summary>An ONNX file that MedSeg exported.</summary>
    Onnx,
}
