namespace MedSeg.Imaging;

/// <summary>The way in which an image that is not square becomes square.</summary>
public enum ResizeMode
{
    /// <summary>Scales each axis to the size independently, as in the published method.</summary>
    Stretch,

    /// <summary>Keeps the aspect ratio and pads the shorter axis equally on both sides.</summary>
    Pad,
}
