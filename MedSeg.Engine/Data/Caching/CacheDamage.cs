using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Data.Caching;

/// <summary>
/// The note that slices of a cache file were found damaged, an empty file next to it: the next import then checks all slices. Without the
/// note it does not, since it would have to read the whole cache.
/// </summary>
internal static class CacheDamage
{
    private const string Suffix = ".damaged";

    /// <summary>Makes the note, if the folder can be written to.</summary>
    /// <param name="path">The absolute path of the cache file.</param>
    public static void Note(string path) => Try(() => AtomicFile.Write(path + Suffix, _ => { }));

    /// <summary>Checks whether there is a note.</summary>
    /// <param name="path">The absolute path of the cache file.</param>
    public static bool IsNoted(string path) => File.Exists(path + Suffix);

    /// <summary>Deletes the note, once no damaged slice is in the file.</summary>
    /// <param name="path">The absolute path of the cache file.</param>
    public static void Clear(string path) => Try(() => FileChanges.Delete(path + Suffix));

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MedSegException)
        {
            // Then the cache file has to be deleted by hand, as docs/cache.md says.
        }
    }
}
