namespace MedSeg.Dicom.Attributes;

/// <summary>How a sample is stored.</summary>
internal enum PixelFormat
{
    /// <summary>A whole number of up to 32 bits (Pixel Data).</summary>
    Integer,

    /// <summary>A 32-bit floating-point number (Float Pixel Data).</summary>
    Single,

    /// <summary>A 64-bit floating-point number (Double Float Pixel Data).</summary>
    Double,
}
