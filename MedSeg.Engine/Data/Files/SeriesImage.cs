using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Data.Files;

/// <summary>An image of a series whose labels are in a volume.</summary>
/// <param name="Name">The path within the folder, without ending.</param>
/// <param name="Path">The absolute path.</param>
internal sealed record SeriesImage(string Name, string Path)
{
    /// <summary>Reads which series an image belongs to.</summary>
    /// <param name="path">The absolute path of a DICOM file.</param>
    /// <returns>The series' UID, or nothing where the file does not say or is damaged; null where it is no image.</returns>
    public static string? SeriesOf(string path)
    {
        try
        {
            DicomFile file = DicomImageReader.Parse(path);
            _ = DicomPixels.Open(file);
            return file.Dataset.FindText(DicomTag.SeriesInstanceUid) ?? string.Empty;
        }
        catch (MedSegException e)
        {
            return e.ErrorId == DicomErrorId.NotAnImage ? null : string.Empty;
        }
    }
}
