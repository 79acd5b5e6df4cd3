namespace MedSeg.Dicom.Parsing;

/// <summary>The stable identifiers of errors of DICOM files.</summary>
public static class DicomErrorId
{
    /// <summary>The file is not DICOM.</summary>
    public const string NotDicom = "NotDicom";

    /// <summary>The file is truncated.</summary>
    public const string Truncated = "DicomTruncated";

    /// <summary>The file uses a feature that is not supported.</summary>
    public const string Unsupported = "DicomUnsupported";

    /// <summary>The file contradicts the standard or itself.</summary>
    public const string Invalid = "DicomInvalid";

    /// <summary>The file describes an image but its pixels are missing.</summary>
    public const string NoPixels = "DicomNoPixels";

    /// <summary>The file is DICOM but not an image: a report, a presentation state, contours, a directory.</summary>
    public const string NotAnImage = "DicomNotAnImage";
}
