using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.ImageJ;

/// <summary>
/// Reads the ROIs of ImageJ and Fiji: a single one (.roi), or the archive of the ROI Manager (.zip). Nothing is unpacked to the disk. Archives
/// are refused that would unpack to far more than ROIs need, and that name files outside of themselves, as no program for ROIs writes them.
/// </summary>
internal static class ImageJRoiSet
{
    private const int MostEntries = 20_000;
    private const long MostBytesOfEntry = 16 << 20;
    private const long MostBytes = 256 << 20;
    private const int MostExpansion = 200;
    private const int ExpansionRoom = 1 << 16;
    private const string Extension = ".roi";

    /// <summary>Checks the first bytes for an ROI or an archive.</summary>
    /// <param name="content">The first bytes.</param>
    public static bool Is(ReadOnlySpan<byte> content) => ImageJRoi.Is(content) || content.StartsWith("PK\x3\x4"u8);

    /// <summary>Decodes the ROIs.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The absolute path, whose name names an ROI that has none.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c> or <c>ArchiveRefused</c>.</exception>
    public static OutlineSet Decode(byte[] content, string path)
    {
        var errors = new OutlineErrors(path);
        if (!Is(content))
        {
            throw errors.Invalid("The file is neither an ROI of ImageJ nor an archive of ROIs.");
        }

        Outline?[] rois = ImageJRoi.Is(content) ? [ImageJRoi.Decode(content, Path.GetFileNameWithoutExtension(path), errors)] : ReadArchive(content, errors);
        return new OutlineSet([.. rois.OfType<Outline>()], rois.Count(roi => roi is null));
    }

    private static Outline?[] ReadArchive(byte[] content, OutlineErrors errors)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > MostEntries)
            {
                throw errors.Refused($"The archive has {archive.Entries.Count:N0} files; at most {MostEntries:N0} are accepted.");
            }

            long total = 0;
            var rois = new List<Outline?>();
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                RequireInside(entry.FullName, errors);
                if (entry.Name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && !entry.Name.StartsWith("._", StringComparison.Ordinal))
                {
                    byte[] roi = Unpack(entry, errors);
                    total += roi.Length;
                    rois.Add(total <= MostBytes ? ImageJRoi.Decode(roi, entry.Name[..^Extension.Length], errors) : throw TooLarge(errors));
                }
            }

            return rois.Count > 0 ? [.. rois] : throw errors.Invalid("The archive has no ROIs (.roi).");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw errors.Invalid("The archive is damaged.", e);
        }
    }

    private static void RequireInside(string name, OutlineErrors errors)
    {
        string[] parts = name.Split('/', '\\');
        if (parts[0].Length == 0 || parts[0].Contains(':', StringComparison.Ordinal) || parts.Contains(".."))
        {
            throw errors.Refused($"The archive names a file outside of itself: '{OutlineErrors.Clean(name, "")}'.");
        }
    }

    private static byte[] Unpack(ZipArchiveEntry entry, OutlineErrors errors)
    {
        if (entry.Length > MostBytesOfEntry || entry.Length > (entry.CompressedLength * MostExpansion) + ExpansionRoom)
        {
            throw TooLarge(errors);
        }

        using Stream stream = entry.Open();
        byte[] roi = new byte[entry.Length];
        int read = stream.ReadAtLeast(roi, roi.Length, throwOnEndOfStream: false);
        return read == roi.Length && stream.ReadByte() < 0 ? roi : throw errors.Invalid($"The file '{OutlineErrors.Clean(entry.Name, "")}' in the archive is not as long as the archive states.");
    }

    private static FileFormatException TooLarge(OutlineErrors errors) => errors.Refused("The archive would unpack to far more than ROIs need.");
}
