using System.Text;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom.Attributes;

/// <summary>Recognises Siemens mosaics: images that show the slices of a volume side by side.</summary>
internal static class SiemensMosaic
{
    // In the CSA header, a name fills 64 bytes; 20 bytes describe the value, and 16 bytes its first item.
    private const int NameToValue = 64 + 20 + 16;
    private const int ValueLength = 12;

    private static ReadOnlySpan<byte> CountName => "NumberOfImagesInMosaic\0"u8;

    /// <summary>Checks a file.</summary>
    /// <param name="dataset">Its data set.</param>
    /// <returns>Whether Image Type says so or, where it was changed, the number of slices in Siemens' private elements.</returns>
    public static bool Is(DicomDataset dataset) =>
        dataset.FindText(DicomTag.ImageType)?.Split('\\').Contains("MOSAIC", StringComparer.Ordinal) == true
        || (dataset.FindText(DicomTag.SiemensCreator) == "SIEMENS MR HEADER"
            && dataset.Find(DicomTag.SiemensMosaicSlices) is { Value.Length: >= sizeof(ushort) }
            && dataset.FindUInt16(DicomTag.SiemensMosaicSlices) > 1)
        || (dataset.FindText(DicomTag.SiemensCsaCreator) == "SIEMENS CSA HEADER" && dataset.Find(DicomTag.SiemensCsaImageHeader) is { } csa && CountIn(csa.Value.Span) > 1);

    private static int CountIn(ReadOnlySpan<byte> csa)
    {
        int name = csa.IndexOf(CountName);
        if (name < 0 || csa.Length < name + NameToValue + ValueLength)
        {
            return 0;
        }

        string text = Encoding.Latin1.GetString(csa.Slice(name + NameToValue, ValueLength)).Trim(' ', '\0');
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int count) ? count : 0;
    }
}
