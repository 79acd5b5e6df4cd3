namespace MedSeg.Network.Definition;

/// <summary>The values that a parameter starts with.</summary>
internal enum InitialValue
{
    /// <summary>Uniform within ±1/√fan-in, as PyTorch starts convolutions.</summary>
    Uniform,

    /// <summary>Normal with variance 2 / ((1 + 0.01²) fan-in), for layers that leaky ReLU follows (He et al. 2015).</summary>
    He,

    /// <summary>0: biases and the shifts of instance normalization.</summary>
    Zero,

    /// <summary>1: the scales of instance normalization.</summary>
    One,

    /// <summary>0.25: the slopes of PReLU.</summary>
    Slope,
}
