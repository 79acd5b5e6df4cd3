using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Data.Files;

/// <summary>An image of a series whose labels are in a volume.</summary>
/// <param name="Name">The relative path, without extension.</param>
/// <param name="Path">The absolute path.</param>
internal sealed record SeriesImage(string Name, string Path)
{
    /// <summary>Reads the series of an image.</summary>
    /// <param name="path">The absolute path of a DICOM file.</param>
    /// <returns>The UID of the series; empty if the file does not state it or is damaged; null if the file is not an image.</returns>
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
            return e.ErrorId == ErrorIds.DicomNotAnImage ? null : string.Empty;
        }
    }
}
