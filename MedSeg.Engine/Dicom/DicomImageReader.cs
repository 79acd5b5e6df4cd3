using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>
/// Reads images from DICOM files (PS3.10): implicit and explicit VR, little and big endian, deflated, RLE, JPEG (baseline,
/// extended, lossless), JPEG-LS and JPEG 2000; grey, palette and colour; integers and floating-point numbers; one or several
/// frames. Errors about other transfer syntaxes name them.
/// </summary>
public static class DicomImageReader
{
    /// <summary>Checks from its first bytes whether a file may be DICOM; the rest is not read.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>
    /// <see langword="true"/> if there is DICM at byte 128 or, in a file without a preamble, a plausible first element;
    /// <see langword="false"/> if not, or if the file does not exist or cannot be opened.
    /// </returns>
    public static bool IsDicom(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            if (EmptyFile.Is(path))
            {
                return false;
            }

            using FileStream stream = FileContent.OpenRead(path);
            Span<byte> head = stackalloc byte[DicomFile.SignatureLength];
            int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return DicomFile.LooksLikeDicom(head[..count], stream.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Checks whether a file is an image; a damaged file counts as one.</summary>
    /// <param name="path">The absolute path of a DICOM file.</param>
    /// <returns><see langword="false"/> for a report, a presentation state, contours, a directory and the like.</returns>
    internal static bool MayHoldImage(string path)
    {
        try
        {
            _ = DicomPixels.Open(LargeDicomFile.TryOpen(path) ?? DicomFile.Parse(Source(path)));
            return true;
        }
        catch (MedSegException e)
        {
            return e.ErrorId != ErrorIds.DicomNotAnImage;
        }
    }

    /// <summary>Reads all frames of a file.</summary>
    /// <param name="path">The absolute path of a DICOM file.</param>
    /// <returns>The frames, each decoded when it is enumerated.</returns>
    /// <exception cref="FileFormatException">
    /// The file is not DICOM, is truncated or damaged, or uses an unsupported feature; the message says which.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be opened.</exception>
    public static IEnumerable<DicomImage> ReadFrames(string path) => ReadFrames(path, buffer: null);

    /// <summary>Reads all frames of a file into memory that the next frame may overwrite.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="buffer">The memory; <see langword="null"/> to allocate memory for each frame.</param>
    /// <param name="components">The components of colours to read, 0 for red, 1 for green and 2 for blue; null or empty for the luminance.</param>
    /// <param name="choose">Chooses frames, from 0, and their order; null, or a function that returns null, for all.</param>
    /// <returns>The frames, each decoded when it is enumerated.</returns>
    internal static IEnumerable<DicomImage> ReadFrames(string path, FrameBuffer? buffer, IReadOnlyList<int>? components = null, Func<DicomFile, IReadOnlyList<int>?>? choose = null) =>
        ReadFrames(path, OpenDicomFile.Open(path), buffer, components, choose);

    /// <summary>Reads the image of a file; if it has several frames, the first.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The decoded image.</returns>
    /// <exception cref="FileFormatException">As <see cref="ReadFrames(string)"/>.</exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be opened.</exception>
    public static DicomImage Read(string path) => ReadFrames(path).First();

    /// <summary>Decodes a file in memory.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <returns>The frames, each decoded when it is enumerated.</returns>
    internal static IEnumerable<DicomImage> ReadFrames(string path, byte[] bytes) => ReadFrames(DicomBackend.Open(new DicomSource(path, bytes)));

    /// <summary>Parses a file without decoding its pixels.</summary>
    internal static DicomFile Parse(string path) => LargeDicomFile.TryOpen(path) ?? DicomBackend.Open(Source(path));

    /// <summary>Decodes the frames of a file, each when it is enumerated.</summary>
    internal static IEnumerable<DicomImage> ReadFrames(DicomFile file, FrameBuffer? buffer = null, IReadOnlyList<int>? components = null, Func<DicomFile, IReadOnlyList<int>?>? choose = null)
    {
        var frames = new DicomFrameReader(file, buffer, components);
        foreach (int frame in choose?.Invoke(file) ?? Enumerable.Range(0, frames.Count))
        {
            yield return frames.Read(frame);
        }
    }

    // Enumerating again re-reads the file, because its buffer has been returned to the pool.
    private static IEnumerable<DicomImage> ReadFrames(string path, OpenDicomFile opened, FrameBuffer? buffer, IReadOnlyList<int>? components, Func<DicomFile, IReadOnlyList<int>?>? choose)
    {
        using OpenDicomFile file = opened.TryClaim() ? opened : OpenDicomFile.Open(path);
        foreach (DicomImage image in ReadFrames(file.Content, buffer, components, choose))
        {
            yield return image;
        }
    }

    /// <summary>Makes the image of a decoded frame.</summary>
    internal static DicomImage ToImage(DicomFile file, PixelDescription description, FrameAttributes attributes, int frame, float[] values) => new()
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
        SpacingNote = attributes.SpacingNote(frame),
        IsMosaic = attributes.IsMosaic,
        SopInstanceUid = file.Dataset.FindText(DicomTag.SopInstanceUid),
        FrameOfReferenceUid = file.Dataset.FindText(DicomTag.FrameOfReferenceUid),
        PatientIdentity = attributes.PatientIdentity,
    };

    /// <summary>Reads the stored values of all frames: before the modality transformation and without inverting MONOCHROME1.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The values, frame by frame, row by row, samples interleaved.</returns>
    internal static int[] ReadStored(string path)
    {
        DicomPixels pixels = DicomPixels.Open(Parse(path));
        return [.. Enumerable.Range(0, pixels.Description.Frames).SelectMany(pixels.ReadStored)];
    }

    private static DicomSource Source(string path) => new(path, FileContent.ReadWithinBudget(path));
}
