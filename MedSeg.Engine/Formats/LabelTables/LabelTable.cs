using System.Globalization;
using System.Text;
using MedSeg.Imaging;

namespace MedSeg.Formats.LabelTables;

/// <summary>
/// Reads and writes the tables that name the values of masks and give them colours: label descriptions of ITK-SNAP (.label, and the same lines
/// in a .txt) and colour tables of 3D Slicer (.ctbl). Both have a line for each value.
/// </summary>
internal static class LabelTable
{
    /// <summary>The extension of ITK-SNAP's label descriptions.</summary>
    public const string ItkSnapExtension = ".label";

    /// <summary>The extension of 3D Slicer's colour tables.</summary>
    public const string SlicerExtension = ".ctbl";

    /// <summary>The size of the largest table that is read.</summary>
    public const long MaximumBytes = 16 << 20;

    private const int MostEntries = 65536;
    private const int MostCharacters = 64;

    /// <summary>Checks from its extension whether a file is a table of labels.</summary>
    /// <param name="path">The path.</param>
    public static bool Is(string path) => IsItkSnap(path) || path.EndsWith(SlicerExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Decodes a table.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, whose extension says which of the two formats it is.</param>
    /// <returns>The entries in the order of the file; <see langword="null"/> if a line does not have the format.</returns>
    public static IReadOnlyList<LabelTableEntry>? Decode(ReadOnlySpan<byte> content, string path)
    {
        var entries = new List<LabelTableEntry>();
        bool isItkSnap = IsItkSnap(path);
        foreach (ReadOnlySpan<char> read in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = read.Trim().TrimStart('\uFEFF');
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (entries.Count == MostEntries || (isItkSnap ? ParseItkSnap(line) : ParseSlicer(line)) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Writes the label descriptions of ITK-SNAP.</summary>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <returns>The file's content.</returns>
    public static byte[] ToItkSnap(IReadOnlyList<string> names)
    {
        var text = new StringBuilder("# ITK-SnAP Label Description File\n# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL\n    0     0    0    0        0  0  0    \"Clear Label\"\n");
        for (int roi = 1; roi <= names.Count; roi++)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            text.Append(CultureInfo.InvariantCulture, $"{roi,5} {color.Red,5} {color.Green,4} {color.Blue,4}        1  1  1    \"{Clean(names[roi - 1]).Replace('"', '\'')}\"\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Writes the colour table of 3D Slicer, which separates the words of a name by underscores.</summary>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <returns>The file's content.</returns>
    public static byte[] ToSlicer(IReadOnlyList<string> names)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Color table file\n# {names.Count + 1} values\n0 Background 0 0 0 0\n");
        for (int roi = 1; roi <= names.Count; roi++)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            text.Append(CultureInfo.InvariantCulture, $"{roi} {string.Join('_', Clean(names[roi - 1]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} {color.Red} {color.Green} {color.Blue} 255\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool IsItkSnap(string path) => path.EndsWith(ItkSnapExtension, StringComparison.OrdinalIgnoreCase);

    private static string Clean(string name) => string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));

    // IDX R G B A VIS MSH "LABEL"
    private static LabelTableEntry? ParseItkSnap(ReadOnlySpan<char> line)
    {
        int quote = line.IndexOf('"');
        string[] words = Words(quote < 0 ? "" : line[..quote]);
        return words.Length == 7 && line[^1] == '"' && line.Length - quote > 1 ? EntryOf(words[0], line[(quote + 1)..^1].ToString(), words[1..4]) : null;
    }

    // index name R G B A
    private static LabelTableEntry? ParseSlicer(ReadOnlySpan<char> line)
    {
        string[] words = Words(line);
        return words.Length == 6 ? EntryOf(words[0], words[1].Trim('"').Replace('_', ' '), words[2..5]) : null;
    }

    private static string[] Words(ReadOnlySpan<char> line) => line.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static LabelTableEntry? EntryOf(string value, string name, string[] rgb)
    {
        byte[] color = new byte[3];
        for (int i = 0; i < color.Length; i++)
        {
            if (!byte.TryParse(rgb[i], NumberStyles.None, CultureInfo.InvariantCulture, out color[i]))
            {
                return null;
            }
        }

        string clean = Clean(name).Trim();
        bool isValid = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && clean.Length > 0;
        return isValid ? new LabelTableEntry(number, clean.Length > MostCharacters ? clean[..MostCharacters] : clean, new RgbColor(color[0], color[1], color[2])) : null;
    }
}
