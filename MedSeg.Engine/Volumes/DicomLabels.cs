using System.Text;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>Recognises DICOM files of labels, segmentations and structure sets, without reading them.</summary>
internal static class DicomLabels
{
    private static readonly string[] s_classes = [SegVolume.SegClass, SegVolume.LabelMapClass, RtStructVolume.StructureSetClass];

    /// <summary>Returns the SOP class of a file of labels, from its first bytes.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The SOP Class UID; <see langword="null"/> if the file is not DICOM, has another class, or cannot be opened.</returns>
    public static string? ClassOf(string path) => DicomImageReader.IsDicom(path) ? ClassOfDicom(path) : null;

    /// <summary>Returns the SOP class of a file of labels that is known to be DICOM.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The SOP Class UID; <see langword="null"/> if the file has another class, or cannot be opened.</returns>
    public static string? ClassOfDicom(string path)
    {
        // The SOP class is in the meta header, or otherwise among the first elements.
        const int Head = 4096;
        byte[] head = FileContent.TryReadHead(path, Head);
        return Array.Find(s_classes, uid => StatesClass(head, uid));
    }

    /// <summary>Finds the series on which labels were drawn.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The Series Instance UIDs; empty if the file does not state them or cannot be read.</returns>
    public static IReadOnlyList<string> ReadSeries(string path)
    {
        try
        {
            DicomDataset dataset = DicomImageReader.Parse(path).Dataset;
            IEnumerable<DicomDataset> ofStructures = dataset.Items(DicomTag.ReferencedFrameOfReferenceSequence)
                .SelectMany(frame => frame.Items(DicomTag.RtReferencedStudySequence))
                .SelectMany(study => study.Items(DicomTag.RtReferencedSeriesSequence));
            return [.. dataset.Items(DicomTag.ReferencedSeriesSequence).Concat(ofStructures).Select(item => item.FindText(DicomTag.SeriesInstanceUid)).OfType<string>().Distinct()];
        }
        catch (MedSegException)
        {
            // The error is reported when the file is opened.
            return [];
        }
    }

    // Other elements may contain the UID too, as the class of an object to which they refer; and a UID may start with another.
    private static bool StatesClass(ReadOnlySpan<byte> bytes, string uid)
    {
        const int HeaderLength = 8;
        byte[] value = Encoding.ASCII.GetBytes(uid);
        for (int at = bytes.IndexOf(value); at >= 0; at = bytes.IndexOf(value))
        {
            bool isWhole = at + value.Length >= bytes.Length || !(char.IsAsciiDigit((char)bytes[at + value.Length]) || bytes[at + value.Length] == '.');
            if (isWhole && at >= HeaderLength && bytes.Slice(at - HeaderLength, 4) is [2, 0, 2, 0] or [8, 0, 0x16, 0] or [0, 8, 0, 0x16])
            {
                return true;
            }

            bytes = bytes[(at + 1)..];
        }

        return false;
    }
}
