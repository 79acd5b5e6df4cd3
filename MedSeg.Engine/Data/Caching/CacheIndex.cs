using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MedSeg.Data.Samples;
using MedSeg.Labels;

namespace MedSeg.Data.Caching;

/// <summary>All that a cache file knows of its pairs. As data sets are moved together with their caches, its paths are those of another place sometimes.</summary>
internal sealed partial record CacheIndex
{
    /// <summary>Gets the folder of the images, as the file was written.</summary>
    public required string DicomPath { get; init; }

    /// <summary>Gets the folder of the masks, as the file was written.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets the pairs.</summary>
    public required IReadOnlyList<CacheEntry> Entries { get; init; }

    /// <summary>Reads an index.</summary>
    /// <param name="stream">What it was written to.</param>
    /// <returns>The index; null where there is none.</returns>
    public static CacheIndex? Read(Stream stream)
    {
        try
        {
            return JsonSerializer.Deserialize(stream, CacheIndexJson.Default.CacheIndex);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the index.</summary>
    /// <param name="stream">Receives it.</param>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, CacheIndexJson.Default.CacheIndex);

    /// <summary>Makes the paths those of the place where the data set is now.</summary>
    /// <param name="options">The folders.</param>
    public CacheIndex MovedTo(DatasetOptions options)
    {
        if (DicomPath == options.DicomPath && LabelPath == options.LabelPath)
        {
            return this;
        }

        string Moved(string path, bool isImage) => Path.Combine(isImage ? options.DicomPath : options.LabelPath, Path.GetRelativePath(isImage ? DicomPath : LabelPath, path));
        Sample MovedSample(Sample sample)
        {
            // What concerns a whole volume of labels has no image of its own.
            string? image = sample.ImagePath is null ? null : Moved(sample.ImagePath, isImage: true);
            string? label = sample.LabelPath is null ? null : Moved(sample.LabelPath, isImage: false);
            string Told(string message, string? old, string? now) => old is null ? message : message.Replace(old, now, StringComparison.Ordinal);
            LabelProblem MovedProblem(LabelProblem problem) => problem with { Message = Told(Told(problem.Message, sample.LabelPath, label), sample.ImagePath, image) };
            return sample with { ImagePath = image, LabelPath = label, Problems = sample.Problems.Select(MovedProblem).ToArray() };
        }

        CacheEntry MovedEntry(CacheEntry entry) => entry with
        {
            Files = [.. entry.Files.Select(file => file with { Path = Moved(file.Path, file.IsImage) })],
            Samples = [.. entry.Samples.Select(MovedSample)],
        };

        return new CacheIndex { DicomPath = options.DicomPath, LabelPath = options.LabelPath, Entries = [.. Entries.Select(MovedEntry)] };
    }

    /// <summary>Renames frames from <c>volume#01</c>, as earlier builds named them, to <c>volume_f01</c>.</summary>
    public CacheIndex WithFrameNames() => this with { Entries = [.. Entries.Select(entry => entry with { Samples = RenameFrames(entry.Samples) })] };

    private static Sample[] RenameFrames(IReadOnlyList<Sample> samples)
    {
        // Only samples that share a file are frames; a single image may have a # in its own name.
        Dictionary<string, int> frames = samples.Select(sample => sample.ImagePath).OfType<string>().GroupBy(path => path).ToDictionary(group => group.Key, group => group.Count());
        return [.. samples.Select(sample => sample.ImagePath is not null && frames[sample.ImagePath] > 1 ? sample with { Name = FormerFrame().Replace(sample.Name, "_f$1") } : sample)];
    }

    [GeneratedRegex("#([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex FormerFrame();
}

/// <summary>How an index is written: every property of a sample that can be set, values that are not finite by their names.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CacheIndex))]
internal sealed partial class CacheIndexJson : JsonSerializerContext;
