namespace MedSeg.Dicom.Attributes;

/// <summary>The number format of a sample.</summary>
internal enum PixelFormat
{
    /// <summary>An integer of up to 32 bits (Pixel Data).</summary>
    Integer,

    /// <summary>A 32-bit floating-point number (Float Pixel Data).</summary>
    Single,

    /// <summary>A 64-bit floating-point number (Double Float Pixel Data).</summary>
    Double,
}
