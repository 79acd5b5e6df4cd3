namespace MedSeg.Imaging;

/// <summary>Says how an image that is not square becomes square.</summary>
public enum ResizeMode
{
    /// <summary>Each axis is scaled to the size on its own, as published.</summary>
    Stretch,

    /// <summary>The ratio of rows to columns is kept; the rest is filled, half on each side.</summary>
    Pad,
}
