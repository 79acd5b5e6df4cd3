namespace MedSeg.Dicom.Parsing;

/// <summary>Advice that several errors of DICOM files share.</summary>
internal static class DicomAdvice
{
    /// <summary>For a damaged or truncated file.</summary>
    public const string Damaged = "Copy the file again, or export it again.";

    /// <summary>For a file that was written wrongly.</summary>
    public const string ExportAgain = "Export the image again.";

    /// <summary>For a wrong value that can be corrected in the file.</summary>
    public const string Correct = "Correct the element, for example with dcmtk's dcmodify, or export the image again.";

    /// <summary>For an image that is not plain grey.</summary>
    public const string ExportGrey = "Export the image as MONOCHROME2.";
}
