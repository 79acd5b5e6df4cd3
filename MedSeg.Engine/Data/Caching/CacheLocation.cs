using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Data.Caching;

/// <summary>The path of the cache file of a data set, and the hash of the settings that it depends on.</summary>
internal sealed class CacheLocation
{
    /// <summary>The file extension of cache files.</summary>
    public const string Extension = ".slices";

    private const string FolderName = ".medseg-cache";

    private CacheLocation(string path, byte[] settings)
    {
        Path = path;
        Settings = settings;
    }

    /// <summary>Gets the absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the hash of all settings that influence the samples of given files, 32 bytes.</summary>
    public byte[] Settings { get; }

    /// <summary>Returns the location of the cache for an import.</summary>
    /// <param name="options">The options of the import.</param>
    /// <exception cref="MedSegException"><c>CacheNotWritable</c>: the folder of the images has no parent.</exception>
    public static CacheLocation Of(DatasetOptions options)
    {
        // Next to the data set, its folders are hashed as relative paths, so the data set may be moved together with its cache.
        string images = System.IO.Path.TrimEndingDirectorySeparator(options.DicomPath);
        string? parent = System.IO.Path.GetDirectoryName(images);
        string folder = options.CachePath ?? (parent is null
            ? throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.CacheNotWritable, $"{images}: The folder of the images has no parent folder for the cache.", images)
            {
                Advice = "Use -CachePath with another folder, or -Cache Memory.",
            }
            : System.IO.Path.Combine(parent, FolderName));
        string NameOf(string path) => options.CachePath is null ? System.IO.Path.GetRelativePath(parent!, path).Replace('\\', '/') : path;
        byte[] settings = SHA256.HashData(Encoding.UTF8.GetBytes($"{NameOf(images)}\n{NameOf(options.LabelPath)}\n{Describe(options)}"));
        return new CacheLocation(System.IO.Path.Combine(folder, Convert.ToHexString(settings, 0, 8).ToLowerInvariant() + Extension), settings);
    }

    /// <summary>Lists all options that influence the samples of given files.</summary>
    internal static string Describe(DatasetOptions options) => string.Join('\n', (string[])
    [
        $"recurse {options.Recurse}",
        $"slice axis {options.SliceAxis}",
        $"spacing {options.PixelSpacing?.Row.ToString("R", CultureInfo.InvariantCulture)} {options.PixelSpacing?.Column.ToString("R", CultureInfo.InvariantCulture)}",
        $"size {options.InputSize.ToString(CultureInfo.InvariantCulture)}",
        $"ROIs {JsonSerializer.Serialize(options.LabelNames)}",
        $"values {Sorted(options.LabelMap.Values, value => value.ToString("R", CultureInfo.InvariantCulture))}",
        $"segments {Sorted(options.LabelMap.Segments, segment => segment.ToUpperInvariant())}",
        $"colors {Sorted(options.LabelMap.Colors, color => color.ToString())}",
        $"normalization {options.Normalization}",
        $"resize {options.ResizeMode}",
        $"pixel size {options.PixelSize.ToString("R", CultureInfo.InvariantCulture)}",
        $"labels {options.LabelResampling}",
        $"step {options.JpegStep?.ToString(CultureInfo.InvariantCulture)}",

        // Only where they are set, so that caches from before there were such options are still used.
        .. options.IgnoreLabel is { } ignored ? (string[])[$"ignored {ignored.ToString(CultureInfo.InvariantCulture)}"] : [],
        .. options.Preprocessing.Channels.Count > 0 ? (string[])[$"channels {JsonSerializer.Serialize(options.Preprocessing.Channels)}"] : [],
        .. options.Preprocessing.ResampleChannels ? (string[])["resampled channels"] : [],
        .. options.Pairs.Count > 0 ? (string[])[$"pairs {JsonSerializer.Serialize(options.Pairs.Select(pair => new[] { pair.Name, pair.ImagePath, pair.LabelPath }))}"] : [],
        .. options.PatientFolders.Count > 0 ? (string[])["patient folders"] : [],
        .. options.PatientFolders.Any(folder => folder.IsStated) ? (string[])[$"folders {JsonSerializer.Serialize(options.PatientFolders.Select(folder => new[] { folder.Patient, folder.Name, folder.ImagePath, folder.LabelPath }))}"] : [],
        $"DICOM {typeof(CacheLocation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "DicomBackend")?.Value}",
    ]);

    // The order of a map does not matter.
    private static string Sorted<T>(IReadOnlyDictionary<T, int> map, Func<T, string> write)
        where T : notnull =>
        JsonSerializer.Serialize(map.Select(entry => $"{write(entry.Key)}={entry.Value.ToString(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal));
}
