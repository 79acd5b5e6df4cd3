using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
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
            _ = DicomPixels.Open(DicomFile.Parse(Source(path)));
            return true;
        }
        catch (MedSegException e)
        {
            return e.ErrorId != DicomErrorId.NotAnImage;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MedSegException">The file is missing or cannot be opened.</exception>
    public IEnumerable<DicomImage> ReadFrames(string path) => ReadFrames(path, buffer: null);

    /// <summary>Reads the image of a file into memory that the next frame may overwrite.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="buffer">The memory; null for each frame to have its own.</param>
    /// <returns>The frames, each decoded when it is asked for.</returns>
    internal static IEnumerable<DicomImage> ReadFrames(string path, FrameBuffer? buffer) => ReadFrames(path, OpenDicomFile.Open(path), buffer);

    /// <summary>Reads the image of a file; of several frames, the first.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The decoded image.</returns>
    /// <exception cref="MedSegException">The file is missing or cannot be opened.</exception>
    public DicomImage Read(string path) => ReadFrames(path).First();

    /// <summary>Decodes an image that is in memory.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <returns>The frames, each decoded when it is asked for.</returns>
    internal static IEnumerable<DicomImage> ReadFrames(string path, byte[] bytes) => ReadFrames(DicomBackend.Open(new DicomSource(path, bytes)));

    /// <summary>Parses a file; its pixels may still have to be decoded.</summary>
    internal static DicomFile Parse(string path) => DicomBackend.Open(Source(path));

    /// <summary>Decodes the frames of a file, each when it is asked for.</summary>
    internal static IEnumerable<DicomImage> ReadFrames(DicomFile file, FrameBuffer? buffer = null)
    {
        DicomPixels pixels = DicomPixels.Open(file);
        var attributes = new FrameAttributes(file.Dataset, pixels.Description);
        var transform = new ModalityTransform(pixels, file.Dataset, attributes, buffer);
        for (int frame = 0; frame < pixels.Description.Frames; frame++)
        {
            yield return ToImage(file, pixels.Description, attributes, frame, transform.Apply(frame));
        }
    }

    /// <summary>Decodes one frame of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="frame">The frame, from 0.</param>
    internal static DicomImage ReadFrame(DicomFile file, int frame)
    {
        DicomPixels pixels = DicomPixels.Open(file);
        var attributes = new FrameAttributes(file.Dataset, pixels.Description);
        return ToImage(file, pixels.Description, attributes, frame, new ModalityTransform(pixels, file.Dataset, attributes, buffer: null).Apply(frame));
    }

    // Whoever walks over the frames again has the file read again: its memory serves other files by then.
    private static IEnumerable<DicomImage> ReadFrames(string path, OpenDicomFile opened, FrameBuffer? buffer)
    {
        using OpenDicomFile file = opened.TryClaim() ? opened : OpenDicomFile.Open(path);
        foreach (DicomImage image in ReadFrames(file.Content, buffer))
        {
            yield return image;
        }
    }

    private static DicomImage ToImage(DicomFile file, PixelDescription description, FrameAttributes attributes, int frame, float[] values) => new()
    {
        Rows = description.Rows,
        Columns = description.Columns,
        Frame = frame + 1,
        Frames = description.Frames,
        Pixels = values,
        Spacing = attributes.Spacing(frame),
        Position = attributes.Position(frame),
        Orientation = attributes.Orientation(frame),
        Window = attributes.Window(frame),
        Modality = attributes.Modality,
        TransferSyntaxUid = file.StatedSyntax.Uid,
        BitsStored = description.BitsStored,
        SopInstanceUid = file.Dataset.FindText(DicomTag.SopInstanceUid),
        FrameOfReferenceUid = file.Dataset.FindText(DicomTag.FrameOfReferenceUid),
        PatientIdentity = attributes.PatientIdentity,
    };

    /// <summary>Reads the stored values of all frames: before the modality transformation and with MONOCHROME1 as it is.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The values, frame by frame, row by row, samples interleaved.</returns>
    internal static int[] ReadStored(string path)
    {
        DicomPixels pixels = DicomPixels.Open(Parse(path));
        return [.. Enumerable.Range(0, pixels.Description.Frames).SelectMany(pixels.ReadStored)];
    }

    private static DicomSource Source(string path) => new(path, FileContent.Read(path));
}
