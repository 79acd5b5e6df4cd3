using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats;
using MedSeg.Formats.Jpeg;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Formats.Tiff;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Reads label masks from .npy, PNG, TIFF, NIfTI and JPEG files, recognised by their content.</summary>
public static class LabelReader
{
    /// <summary>Gets the file extensions of masks, in lower case, with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".png", ".tif", ".tiff", ".jpg", ".jpeg"];

    /// <summary>Reads a label mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">The ROIs of colours; null if masks must be grey.</param>
    /// <returns>The mask, with the values of the file, or with ROI numbers if it has colours.</returns>
    /// <exception cref="FileFormatException">
    /// The content has none of these formats (<c>LabelFormat</c>; the message says what it looks like), is damaged, or is not
    /// supported: see <see cref="NpyFile.Read"/>, <see cref="PngDecoder.Read"/>,
    /// <see cref="TiffLabel.Read"/> and <see cref="JpegLabel.Read"/>.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static LabelImage Read(string path, LabelMapping? map = null) => Decode(ImageFile.Read(path), path, map);

    /// <summary>Reads the masks of all frames of an image.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="frames">The number of frames of the image.</param>
    /// <param name="map">The ROIs of colours; null if masks must be grey.</param>
    /// <returns>A mask for each frame.</returns>
    /// <exception cref="FileFormatException">
    /// As <see cref="Read"/>; or <c>LabelFrames</c>: the image has several frames, and the file is neither an .npy array of the shape
    /// (frames, rows, columns) nor a TIFF file with as many pages.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static IReadOnlyList<LabelImage> ReadFrames(string path, int frames, LabelMapping? map = null)
    {
        if (frames == 1)
        {
            return [Read(path, map)];
        }

        byte[] content = ImageFile.Read(path);
        if (TiffLabel.IsTiff(content))
        {
            return [.. DecodePages(content, frames, path, map)];
        }

        return content.AsSpan().StartsWith(NpyHeader.Magic)
            ? NpyFile.DecodeStack(content, frames, path)
            : throw new FileFormatException(ErrorIds.LabelFrames, path, $"The image has {frames} frames, but the file contains a single mask.")
            {
                Advice = $"Save the masks as one .npy array of the shape ({frames}, rows, columns), for example with np.save, or as one TIFF file with {frames} pages.",
            };
    }

    /// <summary>Tells whether a file has the masks of all frames of an image.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="frames">The number of frames of the image, at least 2.</param>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    internal static bool IsStack(string path, int frames)
    {
        try
        {
            return ReadFrames(path, frames).Count == frames;
        }
        catch (FileFormatException)
        {
            return false;
        }
    }

    /// <summary>Decodes a label mask.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">The ROIs of colours; null if masks must be grey.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    internal static LabelImage Decode(ReadOnlySpan<byte> content, string path, LabelMapping? map = null)
    {
        if (content.StartsWith(NpyHeader.Magic))
        {
            return NpyFile.Decode(content, path);
        }

        if (content.StartsWith(PngChunks.Signature))
        {
            return PngDecoder.Decode(content, path, map);
        }

        if (TiffLabel.IsTiff(content))
        {
            return DecodePages(content.ToArray(), 1, path, map).First();
        }

        if (NiftiFile.MayBeNifti(content))
        {
            return new VoxelLabelVolume(NiftiFile.Decode(content.ToArray(), path)).ReadPlane();
        }

        if (content.StartsWith(JpegLabel.Signature))
        {
            return JpegLabel.Decode(content, path);
        }

        throw new FileFormatException(ErrorIds.LabelFormat, path, $"The file {FileSignature.Describe(content)}. It is not a mask in a supported format.", 0)
        {
            Advice = "Save the mask as .npy (np.save), PNG or TIFF (grey or indexed), NIfTI, DICOM SEG or JPEG.",
        };
    }

    private static IEnumerable<LabelImage> DecodePages(byte[] content, int frames, string path, LabelMapping? map)
    {
        (int count, IEnumerable<LabelImage> pages) = TiffLabel.Decode(content, path, map);
        return count == frames
            ? pages
            : throw new FileFormatException(ErrorIds.LabelFrames, path, $"The TIFF file has {count} page{(count == 1 ? "" : "s")}, but the image has {frames} frame{(frames == 1 ? "" : "s")}.")
            {
                Advice = "Save one page for each frame.",
            };
    }
}
