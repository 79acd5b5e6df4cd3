using System.Text;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.PowerShell.Options;

/// <summary>Reads the options in a .psd1 or JSON file; nothing in it is executed.</summary>
internal static class OptionsFile
{
    private const int LongestFile = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The options in the order of the file, no name twice.</returns>
    /// <exception cref="MedSegException">
    /// The file does not exist (<c>FileNotFound</c>), has another extension (<c>OptionFileFormat</c>), cannot be read
    /// (<c>FileUnreadable</c>) or is not an options file (<c>OptionFileInvalid</c>).
    /// </exception>
    public static IReadOnlyList<OptionEntry> Read(string path)
    {
        IReadOnlyList<OptionEntry> entries = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PSD1" => PowerShellDataReader.Parse(ReadText(path), path),
            ".JSON" => JsonOptionsReader.Parse(ReadText(path), path),
            _ => throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.OptionFileFormat,
                $"{path}: Options are read from .psd1 and .json files; this one has the extension '{Path.GetExtension(path)}'.",
                path)
            {
                Advice = "Write the options as a PowerShell table into a .psd1 file, or as an object into a .json file.",
            },
        };
        foreach (IGrouping<string, OptionEntry> same in entries.GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"{same.Key} is set {same.Count()} times.") { Advice = "Set it once." };
        }

        return entries;
    }

    private static string ReadText(string path)
    {
        try
        {
            // A pipe or a device has no length either, and opening a pipe may wait forever.
            if (new FileInfo(path) is { Exists: true, Length: 0 })
            {
                return string.Empty;
            }

            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            return reader.BaseStream.Length <= LongestFile
                ? reader.ReadToEnd()
                : throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"The file has {reader.BaseStream.Length} bytes, which is too long for an options file.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FileNotFound, $"{path}: Options file not found.", path, e) { Advice = MissingPath.Advise(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file cannot be read: {e.Message}", path, e)
            {
                Advice = "Check that it is a file and that you may read it.",
            };
        }
    }
}
