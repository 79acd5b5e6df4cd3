using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>
/// Reads images from DICOM files (PS3.10): implicit and explicit VR, little and big endian, deflated, RLE, JPEG (baseline,
/// extended, lossless), JPEG-LS and JPEG 2000; grey, palette and colour; whole and floating-point numbers; one or several
/// frames. Other transfer syntaxes are refused by name.
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

    /// <summary>Tells whether a file is an image, or is damaged so that it cannot be told.</summary>
    /// <param name="path">The absolute path of a DICOM file.</param>
    /// <returns>False for a report, a presentation state, an outline, a directory and the like.</returns>
    internal static bool MayHoldImage(string path)
    {
        try
        {
            _ = DicomPixels.Open(Parse(path));
            return true;
        }
        catch (MedSegException e)
        {
            return e.ErrorId != DicomErrorId.NotAnImage;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MedSegException">The file is missing or cannot be opened.</exception>
    public IEnumerable<DicomImage> ReadFrames(string path) => ReadFrames(Parse(path));

    /// <summary>Reads the image of a file; of several frames, the first.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The decoded image.</returns>
    /// <exception cref="MedSegException">The file is missing or cannot be opened.</exception>
    public DicomImage Read(string path) => ReadFrames(path).First();

    /// <summary>Decodes an image that is in memory.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <returns>The frames, each decoded when it is asked for.</returns>
    internal static IEnumerable<DicomImage> ReadFrames(string path, byte[] bytes) => ReadFrames(DicomFile.Parse(new DicomSource(path, bytes)));

    /// <summary>Parses a file; nothing is decoded.</summary>
    internal static DicomFile Parse(string path) => DicomFile.Parse(new DicomSource(path, FileContent.Read(path)));

    /// <summary>Decodes the frames of a file, each when it is asked for.</summary>
    internal static IEnumerable<DicomImage> ReadFrames(DicomFile file)
    {
        DicomDataset dataset = file.Dataset;
        DicomPixels pixels = DicomPixels.Open(file);
        PixelDescription description = pixels.Description;
        var groups = new FunctionalGroups(dataset);
        for (int frame = 0; frame < description.Frames; frame++)
        {
            yield return new DicomImage
            {
                Rows = description.Rows,
                Columns = description.Columns,
                Frame = frame + 1,
                Frames = description.Frames,
                Pixels = ModalityTransform.Apply(pixels, frame, dataset, groups),
                Spacing = ReadSpacing(groups.Holder(frame, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing)),
                Position = Coordinates(groups.Holder(frame, DicomTag.PlanePositionSequence, DicomTag.ImagePosition).FindDecimals(DicomTag.ImagePosition), count: 3),
                Orientation = Coordinates(groups.Holder(frame, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientation).FindDecimals(DicomTag.ImageOrientation), count: 6),
                Window = VoiWindow.Read(frame, description, groups),
                Modality = dataset.FindText(DicomTag.Modality),
                TransferSyntax = file.Syntax.Uid,
                BitsStored = description.BitsStored,
                SopInstanceUid = dataset.FindText(DicomTag.SopInstanceUid),
                FrameOfReferenceUid = dataset.FindText(DicomTag.FrameOfReferenceUid),
                PatientIdentity = dataset.FindText(DicomTag.PatientId) ?? dataset.FindText(DicomTag.StudyInstanceUid),
            };
        }
    }

    /// <summary>Reads the stored values of all frames: before the modality transformation and with MONOCHROME1 as it is.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The values, frame by frame, row by row, samples interleaved.</returns>
    internal static int[] ReadStored(string path)
    {
        DicomPixels pixels = DicomPixels.Open(Parse(path));
        return [.. Enumerable.Range(0, pixels.Description.Frames).SelectMany(pixels.ReadStored)];
    }

    /// <summary>Reads Pixel Spacing or, where it is left out, Imager Pixel Spacing (DICOM PS3.3, 10.7.1 and C.8.11.2).</summary>
    private static PixelSpacing? ReadSpacing(DicomDataset dataset)
    {
        double[]? values = dataset.FindDecimals(DicomTag.PixelSpacing) ?? dataset.FindDecimals(DicomTag.ImagerPixelSpacing);
        return values is [> 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity]
            ? new PixelSpacing(values[0], values[1])
            : null;
    }

    private static double[]? Coordinates(double[]? values, int count) =>
        values?.Length == count && Array.TrueForAll(values, double.IsFinite) ? values : null;
}
