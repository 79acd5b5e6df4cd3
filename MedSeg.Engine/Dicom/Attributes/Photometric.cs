namespace MedSeg.Dicom.Attributes;

/// <summary>The photometric interpretation: the meaning of the samples of a pixel (DICOM PS3.3, C.7.6.3.1.2).</summary>
internal enum Photometric
{
    /// <summary>Grey; the greatest value is white.</summary>
    Monochrome2,

    /// <summary>Grey; the least value is white.</summary>
    Monochrome1,

    /// <summary>An index into a palette of colours.</summary>
    Palette,

    /// <summary>Red, green and blue; also what YBR_RCT and YBR_ICT are once a JPEG 2000 frame is decoded.</summary>
    Rgb,

    /// <summary>Luminance and two colour differences for each pixel (YBR_FULL).</summary>
    YbrFull,

    /// <summary>As <see cref="YbrFull"/>, with colour differences for every second pixel of a row (YBR_FULL_422).</summary>
    YbrFull422,
}
