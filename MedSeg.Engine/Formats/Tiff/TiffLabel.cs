using System.Globalization;
using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Formats.Tiff;

/// <summary>
/// Reads label masks from TIFF files (TIFF 6.0) with their exact values: the index of indexed pages, and grey values as
/// they are stored, whether 0 is black or white. The pages of a stack are the masks of an image's frames.
/// </summary>
internal static partial class TiffLabel
{
    private const ushort Description = 270;
    private const ushort StripOffsets = 273;

    /// <summary>Reads the masks of a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">Maps colours to ROIs; <see langword="null"/> if masks must be grey.</param>
    /// <returns>A mask for each page; thumbnails are skipped.</returns>
    /// <exception cref="FileFormatException">
    /// <c>NotTiff</c>, <c>TiffInvalid</c>, <c>TiffTruncated</c>, <c>TiffUnsupported</c>, or <c>LabelColor</c> and
    /// <c>LabelColorUnknown</c> for colours.
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static IReadOnlyList<LabelImage> Read(string path, LabelMapping? map = null) => [.. Decode(ImageFile.Read(path), path, map).Pages];

    /// <summary>Checks the first bytes for the signature of a classic TIFF file (not BigTIFF).</summary>
    internal static bool IsTiff(ReadOnlySpan<byte> content) => content.StartsWith("II*\0"u8) || content.StartsWith("MM\0*"u8);

    /// <summary>Finds the masks of a file; each is decoded when it is enumerated.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Maps colours to ROIs; <see langword="null"/> if masks must be grey.</param>
    /// <param name="component">The component of RGB images to read in place of ROIs, 0 to 2; <see langword="null"/> for masks.</param>
    /// <returns>The number of masks, and the masks.</returns>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    internal static (int Count, IEnumerable<LabelImage> Pages) Decode(byte[] content, string path, LabelMapping? map, int? component = null)
    {
        // The first bit of the subfile type marks a thumbnail of another page.
        TiffDirectory[] directories = [.. TiffDirectory.ReadAll(content, path).Where(d => (d.Find(content, 254, 0) & 1) == 0)];
        if (directories.Length == 0)
        {
            throw new FileFormatException(ErrorIds.TiffInvalid, path, "The file has thumbnails but no page.") { Advice = "Save the mask again." };
        }

        if (directories.Length == 1 && FindImageJPlanes(directories[0], content) is int planes)
        {
            return (planes, DecodePlanes(directories[0], planes, content, path));
        }

        return (directories.Length, directories.Select(directory => TiffDecoder.Decode(TiffPage.Read(directory, content, path), content, path, map, component)));
    }

    // An ImageJ stack may have a directory for its first plane only; the others follow it (ImageJ's TiffDecoder, images=).
    private static int? FindImageJPlanes(TiffDirectory directory, ReadOnlySpan<byte> content)
    {
        string description = directory.FindText(content, Description);
        Match images = description.StartsWith("ImageJ=", StringComparison.Ordinal) ? ImageCount().Match(description) : Match.Empty;
        return images.Success && int.TryParse(images.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 1
            ? count
            : null;
    }

    private static IEnumerable<LabelImage> DecodePlanes(TiffDirectory directory, int planes, byte[] content, string path)
    {
        TiffPage page = TiffPage.Read(directory, content, path);
        long length = (long)page.Rows * page.Columns * page.Bits / 8;
        long start = directory.Find(content, StripOffsets, 0);
        if (!page.IsUncompressed || page.Samples != 1 || page.Bits % 8 != 0 || page.Tile != default)
        {
            throw new FileFormatException(
                ErrorIds.TiffUnsupported,
                path,
                "The file is an ImageJ stack whose planes are compressed or whose pixels are not whole bytes.")
            {
                Advice = "Save it in ImageJ with File > Save As > Tiff.",
            };
        }

        if (start + (length * planes) > content.Length)
        {
            throw new FileFormatException(
                ErrorIds.TiffTruncated,
                path,
                $"The file should be an ImageJ stack of {planes} planes, but ends before the last.",
                content.Length)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }

        for (int plane = 0; plane < planes; plane++)
        {
            float[] values = new float[page.Rows * page.Columns];
            var reader = new TiffSamples(page, directory.IsBigEndian, path);
            reader.Read(content.AsSpan((int)(start + (plane * length)), (int)length), 0, values.Length, values);
            yield return new LabelImage(page.Rows, page.Columns, values, IsLossy: false);
        }
    }

    [GeneratedRegex(@"^images=(\d{1,9})\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ImageCount();
}
