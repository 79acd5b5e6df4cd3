namespace MedSeg.Network.Definition;

/// <summary>The architectures that MedSeg can train.</summary>
public enum NetworkArchitecture
{
    /// <summary>The published two-stage pyramid (Roth et al. 2018; Dourthe et al. 2021).</summary>
    Pyramid,

    /// <summary>The pyramid with instance normalization (Ulyanov et al. 2016) after its convolutions.</summary>
    PyramidNorm,

    /// <summary>A U-Net after the 2-D plan of nnU-Net (Isensee et al. 2021).</summary>
    UNet,
}
