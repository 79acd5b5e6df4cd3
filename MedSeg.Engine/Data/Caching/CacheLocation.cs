using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Data.Caching;

/// <summary>Where the cache file of a data set is, and what tells it from those of other settings.</summary>
internal sealed class CacheLocation
{
    /// <summary>The ending of cache files.</summary>
    public const string Ending = ".slices";

    private const string FolderName = ".medseg-cache";

    private CacheLocation(string path, byte[] settings)
    {
        Path = path;
        Settings = settings;
    }

    /// <summary>Gets the absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the hash of all that influences the samples of given files, 32 bytes.</summary>
    public byte[] Settings { get; }

    /// <summary>Finds the place.</summary>
    /// <param name="options">What is imported, and how.</param>
    /// <exception cref="MedSegException">The images have no folder above them.</exception>
    public static CacheLocation Of(DatasetOptions options)
    {
        // Beside the data set, its own folders are named as seen from there: the set may be moved with its cache.
        string images = System.IO.Path.TrimEndingDirectorySeparator(options.DicomPath);
        string? above = System.IO.Path.GetDirectoryName(images);
        string folder = options.CachePath ?? (above is null
            ? throw new MedSegException(ErrorKind.InvalidArgument, "CacheNotWritable", $"{images}: there is no folder above the images for the cache. Name one with -CachePath, or use -Cache Memory.", images)
            : System.IO.Path.Combine(above, FolderName));
        string NameOf(string path) => options.CachePath is null ? System.IO.Path.GetRelativePath(above!, path).Replace('\\', '/') : path;
        byte[] settings = SHA256.HashData(Encoding.UTF8.GetBytes($"{NameOf(images)}\n{NameOf(options.LabelPath)}\n{Describe(options)}"));
        return new CacheLocation(System.IO.Path.Combine(folder, Convert.ToHexString(settings, 0, 8).ToLowerInvariant() + Ending), settings);
    }

    /// <summary>Writes down all options that influence the samples of given files.</summary>
    internal static string Describe(DatasetOptions options) => string.Join('\n', (string[])
    [
        $"recurse {options.Recurse}",
        $"size {options.InputSize.ToString(CultureInfo.InvariantCulture)}",
        $"ROIs {JsonSerializer.Serialize(options.LabelNames)}",
        $"values {Sorted(options.LabelMap.Values, value => value.ToString("R", CultureInfo.InvariantCulture))}",
        $"segments {Sorted(options.LabelMap.Segments, segment => segment.ToUpperInvariant())}",
        $"colors {Sorted(options.LabelMap.Colors, color => color.ToString())}",
        $"normalization {options.Normalization}",
        $"resize {options.ResizeMode}",
        $"step {options.JpegStep?.ToString(CultureInfo.InvariantCulture)}",
        $"DICOM {typeof(CacheLocation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "DicomBackend")?.Value}",
    ]);

    // A map says the same in whatever order it was written.
    private static string Sorted<T>(IReadOnlyDictionary<T, int> map, Func<T, string> write)
        where T : notnull =>
        JsonSerializer.Serialize(map.Select(entry => $"{write(entry.Key)}={entry.Value.ToString(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal));
}
