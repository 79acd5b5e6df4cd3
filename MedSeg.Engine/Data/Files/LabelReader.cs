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

/// <summary>Reads label masks from .npy, PNG, TIFF, NIfTI and JPEG files; the content says which, not the file's ending.</summary>
public static class LabelReader
{
    /// <summary>Gets the endings of the files that may hold masks, in lower case, with their dots.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".png", ".tif", ".tiff", ".jpg", ".jpeg"];

    /// <summary>Reads a label mask.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">What colours stand for; null where masks must be grey.</param>
    /// <returns>The mask, with the values of the file or, of colours, with ROI numbers.</returns>
    /// <exception cref="FileFormatException">
    /// The content is none of the formats (<c>LabelFormat</c>; the message says what it looks like), or is damaged or
    /// of a kind that is not supported: see <see cref="NpyFile.Read"/>, <see cref="PngDecoder.Read"/>,
    /// <see cref="TiffLabel.Read"/> and <see cref="JpegLabel.Read"/>.
    /// </exception>
    /// <exception cref="MedSegException">The file is not there or cannot be read.</exception>
    public static LabelImage Read(string path, LabelMapping? map = null) => Decode(ImageFile.Read(path), path, map);

    /// <summary>Reads the masks of an image of one or several frames.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="frames">The number of frames of the image.</param>
    /// <param name="map">What colours stand for; null where masks must be grey.</param>
    /// <returns>A mask for each frame.</returns>
    /// <exception cref="FileFormatException">
    /// As <see cref="Read"/>; with several frames <c>LabelFrames</c> where the file is no .npy array (frames, rows, columns) and no
    /// TIFF file of as many pages.
    /// </exception>
    /// <exception cref="MedSegException">The file is not there or cannot be read.</exception>
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
            : throw new FileFormatException("LabelFrames", path, $"the image has {frames} frames, so its masks are expected as one .npy array of the shape ({frames}, rows, columns) or one TIFF file of {frames} pages. Save them so, for example with np.save.");
    }

    /// <summary>Decodes a label mask.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">What colours stand for; null where masks must be grey.</param>
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

        if (NiftiVolume.MayBeNifti(content))
        {
            return NiftiVolume.Decode(content.ToArray(), path).ReadPlane();
        }

        if (content.StartsWith(JpegLabel.Signature))
        {
            return JpegLabel.Decode(content, path);
        }

        throw new FileFormatException(
            "LabelFormat", path, $"the file {FileSignature.Describe(content)}. Masks are read from .npy (np.save), PNG and TIFF (grey or indexed), NIfTI, DICOM SEG and JPEG files.", 0);
    }

    private static IEnumerable<LabelImage> DecodePages(byte[] content, int frames, string path, LabelMapping? map)
    {
        (int count, IEnumerable<LabelImage> pages) = TiffLabel.Decode(content, path, map);
        return count == frames
            ? pages
            : throw new FileFormatException("LabelFrames", path, $"the TIFF file has {count} page{(count == 1 ? "" : "s")}, but the image has {frames} frame{(frames == 1 ? "" : "s")}. Save a page for each frame.");
    }
}
