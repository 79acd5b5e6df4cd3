using System.Text;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Options;

/// <summary>Reads the options of a .psd1 or JSON file; nothing in it is executed.</summary>
internal static class OptionsFile
{
    private const int LongestFile = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The options in the order of the file, no name twice.</returns>
    /// <exception cref="MedSegException">The file is not there (<c>FileNotFound</c>), cannot be read (<c>FileUnreadable</c>) or is none of options (<c>OptionFileInvalid</c>).</exception>
    public static IReadOnlyList<OptionEntry> Read(string path)
    {
        IReadOnlyList<OptionEntry> entries = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PSD1" => PowerShellDataReader.Parse(ReadText(path), path),
            ".JSON" => JsonOptionsReader.Parse(ReadText(path), path),
            var ending => throw new MedSegException(ErrorKind.InvalidArgument, "OptionFileFormat", $"{path}: options are read from .psd1 and .json files; this name ends with '{ending}'. Rename the file.", path),
        };
        foreach (IGrouping<string, OptionEntry> same in entries.GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new FileFormatException("OptionFileInvalid", path, $"{same.Key} is stated {same.Count()} times. State it once.");
        }

        return entries;
    }

    private static string ReadText(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            return reader.BaseStream.Length <= LongestFile
                ? reader.ReadToEnd()
                : throw new FileFormatException("OptionFileInvalid", path, $"the file has {reader.BaseStream.Length} bytes, which is too long for a file of options.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, "FileNotFound", $"{path}: there is no such file, which options were to be read from. Check the path.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MedSegException(ErrorKind.InvalidData, "FileUnreadable", $"{path}: the file could not be read: {e.Message} Check that it is a file and that you may read it.", path, e);
        }
    }
}
