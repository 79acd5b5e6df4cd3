namespace MedSeg.Files;

/// <summary>Guesses the format of a file from its first bytes, for messages about files that are not accepted.</summary>
internal static class FileSignature
{
    private const int TextSample = 512;

    /// <summary>Describes a file's content.</summary>
    /// <param name="content">The file, or its first kilobyte.</param>
    /// <returns>A verb and its object, for example <c>looks like a GIF image</c>.</returns>
    public static string Describe(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return "is empty or not a regular file";
        }

        if (content.IndexOfAnyExcept((byte)0) < 0)
        {
            return "contains only zeros, as after an interrupted copy";
        }

        string? format = Format(content);
        if (format is not null)
        {
            return $"looks like {format}";
        }

        return IsText(content) ? "looks like text" : "has an unknown format";
    }

    private static string? Format(ReadOnlySpan<byte> content)
    {
        if (HasAt(content, 128, "DICM"u8))
        {
            return "a DICOM file";
        }

        if (HasAt(content, 344, "n+1\0"u8) || HasAt(content, 344, "ni1\0"u8) || HasAt(content, 4, "n+2\0"u8))
        {
            return "a NIfTI image";
        }

        if (content.StartsWith("RIFF"u8) && HasAt(content, 8, "WEBP"u8))
        {
            return "a WebP image";
        }

        return StartsAsPicture(content) ?? StartsAsContainer(content);
    }

    private static string? StartsAsPicture(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("II+\0"u8) || content.StartsWith("MM\0+"u8))
        {
            return "a BigTIFF image (save it as plain TIFF)";
        }

        if (content.StartsWith("GIF8"u8))
        {
            return "a GIF image";
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return "a JPEG image";
        }

        if (content.StartsWith("\0\0\0\fjP  "u8))
        {
            return "a JPEG 2000 image";
        }

        return content.StartsWith("BM"u8) && content.Length >= 26 && content[6..10].IndexOfAnyExcept((byte)0) < 0 ? "a BMP image" : null;
    }

    private static string? StartsAsContainer(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return "a gzip file (.nii.gz?)";
        }

        if (content.StartsWith("PK\x05\x06"u8))
        {
            return "a zip file without content";
        }

        if (content.StartsWith("PK\x03\x04"u8))
        {
            return "a zip file (.npz?)";
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']))
        {
            return "an HDF5 file (.mat or .h5?)";
        }

        if (content.StartsWith("MATLAB 5.0"u8))
        {
            return "a MATLAB file";
        }

        return content.StartsWith("NRRD0"u8) ? "an NRRD image" : null;
    }

    private static bool HasAt(ReadOnlySpan<byte> content, int offset, ReadOnlySpan<byte> expected) =>
        content.Length >= offset && content[offset..].StartsWith(expected);

    private static bool IsText(ReadOnlySpan<byte> content)
    {
        foreach (byte b in content[..Math.Min(TextSample, content.Length)])
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return false;
            }
        }

        return true;
    }
}
