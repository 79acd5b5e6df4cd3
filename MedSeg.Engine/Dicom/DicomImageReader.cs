using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>
/// Reads single-frame greyscale images from DICOM files (PS3.10): implicit and explicit VR, little and big endian,
/// deflated, RLE, and JPEG (baseline, extended, lossless). Other transfer syntaxes are refused by name.
/// </summary>
public sealed class DicomImageReader : IDicomImageReader
{
    /// <summary>Tells by its first bytes whether a file may be DICOM; nothing more of it is read.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>
    /// Whether there is DICM at byte 128 or, in a file without a preamble, a plausible first element; false where the
    /// file is missing or cannot be opened.
    /// </returns>
    public static bool IsDicom(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            Span<byte> head = stackalloc byte[DicomFile.SignatureLength];
            int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return DicomFile.LooksLikeDicom(head[..count], stream.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MedSegException">The file is missing or cannot be opened.</exception>
    public DicomImage Read(string path)
    {
        return Read(path, FileContent.Read(path));
    }

    /// <summary>Decodes an image that is in memory.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <returns>The decoded image.</returns>
    internal static DicomImage Read(string path, byte[] bytes)
    {
        DicomFile file = DicomFile.Parse(new DicomSource(path, bytes));
        (int[] stored, PixelDescription pixels) = ReadStored(file);
        DicomDataset dataset = file.Dataset;
        return new DicomImage
        {
            Rows = pixels.Rows,
            Columns = pixels.Columns,
            Pixels = ModalityTransform.Apply(stored, pixels, dataset),
            Spacing = ReadSpacing(dataset),
            Modality = dataset.FindText(DicomTag.Modality),
            TransferSyntax = file.Syntax.Uid,
            BitsStored = pixels.BitsStored,
            PatientIdentity = dataset.FindText(DicomTag.PatientId) ?? dataset.FindText(DicomTag.StudyInstanceUid),
        };
    }

    /// <summary>Reads the stored values: before the modality transformation and with MONOCHROME1 as it is.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The values, row by row.</returns>
    internal static int[] ReadStored(string path) =>
        ReadStored(DicomFile.Parse(new DicomSource(path, FileContent.Read(path)))).Stored;

    private static (int[] Stored, PixelDescription Pixels) ReadStored(DicomFile file)
    {
        // Without pixels the description is missing too; of the two, the pixels are what the user looks for.
        DicomElement element = PixelDataDecoder.FindPixels(file.Dataset);
        PixelDescription pixels = PixelDescription.Read(file.Dataset);
        return (PixelDataDecoder.Decode(element, file, pixels), pixels);
    }

    /// <summary>Reads Pixel Spacing or, where it is left out, Imager Pixel Spacing (DICOM PS3.3, 10.7.1 and C.8.11.2).</summary>
    private static PixelSpacing? ReadSpacing(DicomDataset dataset)
    {
        double[]? values = dataset.FindDecimals(DicomTag.PixelSpacing) ?? dataset.FindDecimals(DicomTag.ImagerPixelSpacing);
        return values is [> 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity]
            ? new PixelSpacing(values[0], values[1])
            : null;
    }
}
