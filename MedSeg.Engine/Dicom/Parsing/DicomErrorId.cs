namespace MedSeg.Dicom.Parsing;

/// <summary>The stable identifiers of what can be wrong with a DICOM file.</summary>
public static class DicomErrorId
{
    /// <summary>The file is not DICOM.</summary>
    public const string NotDicom = "NotDicom";

    /// <summary>The file ends before what it promises.</summary>
    public const string Truncated = "DicomTruncated";

    /// <summary>The file holds something that MedSeg does not read.</summary>
    public const string Unsupported = "DicomUnsupported";

    /// <summary>The file contradicts the standard or itself.</summary>
    public const string Invalid = "DicomInvalid";

    /// <summary>The file describes an image but its pixels are missing.</summary>
    public const string NoPixels = "DicomNoPixels";

    /// <summary>The file is DICOM but no image: a report, a presentation state, an outline, a directory.</summary>
    public const string NotAnImage = "DicomNotAnImage";
}
