using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>Opens large multi-frame files without reading their pixels, so that a file may be larger than the memory.</summary>
internal static class LargeDicomFile
{
    /// <summary>The length from which on the pixels of a file stay in it, in bytes. Smaller files are read faster as a whole.</summary>
    public const long LeastLength = 128 << 20;

    // Headers of 2,000 frames take a few megabytes.
    private const long LongestHeader = 32 << 20;
    private const int BitsPerByte = 8;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="leastLength">The length from which on the pixels of a file stay in it, in bytes.</param>
    /// <returns>
    /// The header, with the place of the pixels; <see langword="null"/> if the file has to be read as a whole: it is small or damaged, has one frame, or its
    /// pixels are compressed, big-endian, or single bits.
    /// </returns>
    public static DicomFile? TryOpen(string path, long leastLength = LeastLength)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true } info || info.Length < leastLength || DicomHeader.TryRead(path, out long length, LongestHeader) is not { } file)
            {
                return null;
            }

            bool isPlain = file.Syntax is { Compression: PixelCompression.None, IsDeflated: false, Encoding.BigEndian: false };
            if (!isPlain || file.Dataset.PixelBytes is not { } bytes)
            {
                return null;
            }

            var paged = file with { PixelFile = new PixelFile(path, file.Dataset.PixelStart, Math.Min(bytes, length - file.Dataset.PixelStart)) };
            return DicomPixels.Open(paged).Description is { Frames: > 1, BitsAllocated: >= BitsPerByte } ? paged : null;
        }
        catch (MedSegException)
        {
            // The reader of whole files has messages for all that can happen; it fails in the same way.
            return null;
        }
    }
}
