using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Inventory;

/// <summary>Reads a DICOMDIR, the table of contents of a CD or USB stick (DICOM PS3.10, 8.6; PS3.3, annex F).</summary>
internal static class DicomDirectory
{
    /// <summary>The name that each such file has.</summary>
    public const string FileName = "DICOMDIR";

    private static readonly EnumerationOptions s_anyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = 0 };

    /// <summary>Checks the name of a file.</summary>
    /// <param name="path">The path.</param>
    public static bool Is(string path) => Path.GetFileName(path).Equals(FileName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Lists the files in the directory.</summary>
    /// <param name="path">The absolute path of the DICOMDIR.</param>
    /// <param name="missing">Receives the names of listed files that do not exist.</param>
    /// <returns>The absolute paths of the files that exist, each once.</returns>
    /// <exception cref="FileFormatException"><c>NotDicom</c>, <c>DicomInvalid</c> or <c>DicomTruncated</c>.</exception>
    public static IReadOnlyList<string> Read(string path, ICollection<string> missing)
    {
        DicomFile file = DicomHeader.TryRead(path, out _)
            ?? throw new FileFormatException(ErrorIds.NotDicom, path, "The file is named DICOMDIR, but is not DICOM.") { Advice = "Give the folder with the images, and use -Recurse." };
        string folder = Path.GetDirectoryName(path)!;
        var found = new List<string>();
        foreach (string name in file.Dataset.Items(DicomTag.DirectoryRecordSequence).Select(record => record.FindText(DicomTag.ReferencedFileId)).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (Resolve(folder, name) is { } existing)
            {
                found.Add(existing);
            }
            else
            {
                missing.Add(name.Replace('\\', '/'));
            }
        }

        return found;
    }

    // The names are upper case in the directory, and often lower case where a CD was copied to.
    private static string? Resolve(string folder, string name)
    {
        string current = folder;
        foreach (string part in name.Split('\\', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0 || part is "." or ".." || part.IndexOfAny(['/', ':', '*', '?', '\0']) >= 0)
            {
                return null;
            }

            string exact = Path.Combine(current, part);
            string? next = File.Exists(exact) || Directory.Exists(exact) ? exact
                : Directory.Exists(current) ? Directory.EnumerateFileSystemEntries(current, part, s_anyCase).FirstOrDefault() : null;
            if (next is null)
            {
                return null;
            }

            current = next;
        }

        return File.Exists(current) ? current : null;
    }
}
