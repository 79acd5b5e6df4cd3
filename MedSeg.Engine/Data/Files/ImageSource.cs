using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Reads images of all formats, slice by slice: DICOM, the volumes of <see cref="VolumeFile"/> and the pictures of <see cref="PictureFile"/>.</summary>
internal static class ImageSource
{
    /// <summary>Checks whether a file is a volume that is not DICOM.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsVolume(string path) => VolumeFile.Is(path) && !DicomImageReader.IsDicom(path);

    /// <summary>Checks whether a file is an image; a damaged file counts as one.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns><see langword="false"/> for a DICOM report, contours and the like.</returns>
    public static bool MayHoldImage(string path) => IsVolume(path) || PictureFile.Is(path) || DicomImageReader.MayHoldImage(path);

    /// <summary>Reads the frames of a DICOM file, or the slices of a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="buffer">Memory that the next slice may overwrite; <see langword="null"/> to allocate memory for each.</param>
    /// <returns>The slices, each decoded when it is enumerated.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is damaged.</exception>
    public static IEnumerable<ImageSlice> Read(string path, ImageReading reading, FrameBuffer? buffer = null) =>
        IsVolume(path) ? ReadVolume(path, reading, buffer)
        : PictureFile.Is(path) ? PictureFile.Read(path, reading.Spacing)
        : DicomImageReader.ReadFrames(path, buffer).Select(ImageSlice.Of);

    /// <summary>Lists the files of an image: a header and its voxels may be two.</summary>
    /// <param name="path">The absolute path.</param>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        try
        {
            return VolumeFile.MayHavePartner(path) ? VolumeFile.ReadHeader(path).Files : [path];
        }
        catch (MedSegException)
        {
            // The error is reported when the file is read.
            return [path];
        }
    }

    private static IEnumerable<ImageSlice> ReadVolume(string path, ImageReading reading, FrameBuffer? buffer)
    {
        var volume = ImageVolume.Open(path, reading.Axis);
        for (int slice = 0; slice < volume.Slices.Count; slice++)
        {
            yield return volume.Read(slice, buffer);
        }
    }
}
