using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.Natives;

/// <summary>The list in a package of native libraries: what the package is for, and its files with their SHA-256.</summary>
internal sealed partial record NativeFileList
{
    /// <summary>The name of the list in the package, and in the folder that the package is unpacked to.</summary>
    public const string FileName = "native-files.json";

    /// <summary>The largest list that is accepted, in bytes.</summary>
    public const int MaximumBytes = 1_000_000;

    private const int MostFiles = 1000;

    // The libraries of CUDA have 5 GB.
    private const long MostBytes = 16L << 30;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Gets the version of the module that the libraries belong to.</summary>
    [JsonRequired]
    public string Version { get; init; } = string.Empty;

    /// <summary>Gets the kind of machine.</summary>
    [JsonRequired]
    public string Runtime { get; init; } = string.Empty;

    /// <summary>Gets what the libraries compute with.</summary>
    [JsonRequired]
    public string Backend { get; init; } = string.Empty;

    /// <summary>Gets the files.</summary>
    [JsonRequired]
    public IReadOnlyList<NativeFile> Files { get; init; } = [];

    /// <summary>Gets the size of all files in bytes.</summary>
    [JsonIgnore]
    public long Size => Files.Sum(file => file.Size);

    /// <summary>Reads a list.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">The path of the package or folder, for messages.</param>
    /// <exception cref="FileFormatException"><c>NativePackageInvalid</c>: it is no list; <c>NativePackageUnsafe</c>: a file would be outside of the folder, or there are too many bytes.</exception>
    public static NativeFileList Parse(byte[] content, string path)
    {
        try
        {
            NativeFileList? list = JsonSerializer.Deserialize<NativeFileList>(content, s_json);
            if (list?.Files is { Count: > 0 and <= MostFiles } && list.Files.All(file => file is not null))
            {
                list.Require(path);
                return list;
            }
        }
        catch (JsonException)
        {
            // Reported below, as an empty list is.
        }

        throw NativePackageErrors.Invalid(path, $"Its list, {FileName}, is damaged.");
    }

    private void Require(string path)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long total = 0;
        foreach (NativeFile file in Files)
        {
            if (!PlainName().IsMatch(file.Name))
            {
                throw NativePackageErrors.Outside(path, file.Name);
            }

            if (file.Size < 0 || !Hash().IsMatch(file.Sha256) || !names.Add(file.Name))
            {
                throw NativePackageErrors.Invalid(path, $"Its list, {FileName}, is damaged: see {file.Name}.");
            }

            // Never more than the limit and one file, so that the sum cannot overflow.
            total = file.Size > MostBytes || total + file.Size > MostBytes ? throw NativePackageErrors.TooLarge(path) : total + file.Size;
        }
    }

    // A name, or a folder and a name; neither begins or ends with a dot.
    [GeneratedRegex(@"\A(?:[0-9A-Za-z_](?:[0-9A-Za-z_ ()+.-]{0,126}[0-9A-Za-z_)+-])?/)?[0-9A-Za-z_](?:[0-9A-Za-z_ ()+.-]{0,126}[0-9A-Za-z_)+-])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();
}
