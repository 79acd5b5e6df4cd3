using MedSeg.Options;

namespace MedSeg.Files;

/// <summary>Advises on a path that does not exist.</summary>
public static class MissingPath
{
    // A shorter name is like too many others.
    private const int ShortestTyped = 4;
    private const int MostNames = 10_000;

    /// <summary>Suggests the path that was probably meant: one that differs by a few letters in the first name that does not exist.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="advice">What to do in any case.</param>
    /// <returns>The advice.</returns>
    public static string Advise(string path, string advice = "Check the path.")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Suggest(path) is { } near ? $"Did you mean {near}? {advice}" : advice;
    }

    private static string? Suggest(string path)
    {
        string missing = Path.TrimEndingDirectorySeparator(path);
        string? parent;
        while ((parent = Path.GetDirectoryName(missing)) is not null && !Directory.Exists(parent))
        {
            missing = parent;
        }

        // What exists is a file where a folder is expected, or the other way round.
        string name = Path.GetFileName(missing);
        if (parent is null || name.Length < ShortestTyped || Path.Exists(missing))
        {
            return null;
        }

        string[] known = NamesIn(parent);
        return known.Length > 0 && NearestName.Find(name, known) is { } near ? Path.Combine(parent, near) : null;
    }

    // The path is wrong, whatever the folder holds: no other error takes its place.
    private static string[] NamesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Take(MostNames).Select(entry => Path.GetFileName(entry))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
