namespace MedSeg;

/// <summary>How a slice that is not square becomes square.</summary>
public enum ResizeMode
{
    /// <summary>Each axis is scaled to the input size, as published.</summary>
    Stretch,

    /// <summary>The shape is kept: the slice is centred and the rest is filled with its darkest value and background.</summary>
    Pad,
}
