using System.Globalization;
using System.Text.RegularExpressions;

namespace MedSeg.Files;

/// <summary>
/// Names for a file that another program holds: <c>areas (2).csv</c> for <c>areas.csv</c>, as file managers do. No model can have such a name,
/// so the file of another run is never meant.
/// </summary>
internal static partial class NumberedFile
{
    private const int Last = 99;

    /// <summary>Returns the names to try.</summary>
    /// <param name="path">The absolute path of the file that is held.</param>
    public static IEnumerable<string> NamesFor(string path)
    {
        string start = path[..^Path.GetExtension(path).Length];
        return Enumerable.Range(2, Last - 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{start} ({number}){Path.GetExtension(path)}"));
    }

    /// <summary>Finds the numbered files of a file.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>The absolute paths, the one written last first.</returns>
    public static IReadOnlyList<string> Find(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string name = Path.GetFileNameWithoutExtension(path);
        string extension = Path.GetExtension(path);
        return
        [
            .. Directory.EnumerateFiles(folder, $"{name} (*){extension}")
                .Where(file => Number().IsMatch(Path.GetFileName(file)[name.Length..^extension.Length]))
                .OrderByDescending(File.GetLastWriteTimeUtc),
        ];
    }

    /// <summary>Finds a file and its numbered files.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>The absolute paths of those that exist, the one written last first.</returns>
    public static IReadOnlyList<string> NewestFirst(string path)
    {
        IReadOnlyList<string> numbered = Find(path);
        return !File.Exists(path) ? numbered
            : numbered.Count == 0 ? [path]
            : [.. numbered.Prepend(path).OrderByDescending(File.GetLastWriteTimeUtc)];
    }

    [GeneratedRegex(@"^ \([0-9]{1,2}\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
