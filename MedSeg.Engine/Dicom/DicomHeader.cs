using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Dicom;

/// <summary>Reads the headers of DICOM files: the elements before the pixel data, and no more of the file than they take.</summary>
internal static class DicomHeader
{
    // Most headers are shorter; those of enhanced images and with private data are read in a second or third step.
    private const int FirstBytes = 1 << 16;
    private const int Growth = 8;

    /// <summary>Reads a header.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="length">The length of the file, in bytes.</param>
    /// <param name="longest">The most bytes to read.</param>
    /// <returns>
    /// The transfer syntax and the elements before the pixel data; <see langword="null"/> if the file is not DICOM, or its header is longer than
    /// <paramref name="longest"/>.
    /// </returns>
    /// <exception cref="FileFormatException">The header is damaged or truncated, or takes more memory than one file may.</exception>
    /// <exception cref="MedSegException"><c>FileUnreadable</c>: the file cannot be read.</exception>
    public static DicomFile? TryRead(string path, out long length, long longest = long.MaxValue)
    {
        length = 0;
        try
        {
            if (EmptyFile.Is(path))
            {
                return null;
            }

            using SafeFileHandle handle = FileContent.OpenHandle(path);
            length = RandomAccess.GetLength(handle);
            byte[] head = ReadStart(handle, Math.Min(FirstBytes, length));
            return DicomFile.LooksLikeDicom(head, length) ? Parse(handle, head, path, length, longest) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file could not be read: {e.Message}", path, e)
            {
                Advice = "Check that you have read access and that no other program has the file open.",
            };
        }
    }

    private static DicomFile? Parse(SafeFileHandle handle, byte[] head, string path, long length, long longest)
    {
        while (head.Length < length)
        {
            try
            {
                DicomFile file = DicomFile.ParseHeader(new DicomSource(path, head));
                if (file.Dataset.HasPixels)
                {
                    return file;
                }
            }
            catch (FileFormatException)
            {
                // The header may be longer than what was read of it.
            }

            long more = Math.Min((long)head.Length * Growth, length);
            if (more > longest)
            {
                return null;
            }

            MemoryBudget.Require(more, "The header", path);
            head = ReadStart(handle, more);
        }

        return DicomFile.ParseHeader(new DicomSource(path, head));
    }

    private static byte[] ReadStart(SafeFileHandle handle, long count)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)count);
        int done = FileContent.Fill(handle, bytes, position: 0);
        return done == bytes.Length ? bytes : bytes[..done];
    }
}
