using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MedSeg.Data.Samples;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Data.Caching;

/// <summary>
/// The entries of a cache file. In the file, paths begin with the names of two folders that do not exist: the folders of images and masks tell
/// who worked where, and data sets can be moved together with their caches.
/// </summary>
internal sealed partial record CacheIndex
{
    private const string AnyDicomPath = "/medseg-images";
    private const string AnyLabelPath = "/medseg-masks";

    /// <summary>Gets the folder of the images when the file was written.</summary>
    public required string DicomPath { get; init; }

    /// <summary>Gets the folder of the masks when the file was written.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets the pairs.</summary>
    public required IReadOnlyList<CacheEntry> Entries { get; init; }

    /// <summary>Reads an index.</summary>
    /// <param name="stream">The stream to read.</param>
    /// <returns>The index; null if the content is invalid.</returns>
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
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, CacheIndexJson.Default.CacheIndex);

    /// <summary>Returns the index without the folders in which the data set is.</summary>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public CacheIndex WithoutFolders(EngineEvents? events, CancellationToken cancellationToken) => MovedTo(AnyDicomPath, AnyLabelPath, events, cancellationToken);

    /// <summary>Returns the index with the paths of where the data set is now.</summary>
    /// <param name="dicomPath">The present folder of the images.</param>
    /// <param name="labelPath">The present folder of the masks.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public CacheIndex MovedTo(string dicomPath, string labelPath, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (DicomPath == dicomPath && LabelPath == labelPath)
        {
            return this;
        }

        string Moved(string path, bool isImage) => Path.Combine(isImage ? dicomPath : labelPath, Path.GetRelativePath(isImage ? DicomPath : LabelPath, path));
        Sample MovedSample(Sample sample)
        {
            // A problem of a whole label volume has no image of its own.
            string? image = sample.ImagePath is null ? null : Moved(sample.ImagePath, isImage: true);
            string? label = sample.LabelPath is null ? null : Moved(sample.LabelPath, isImage: false);
            string Renamed(string message, string? old, string? now) => old is null ? message : message.Replace(old, now, StringComparison.Ordinal);
            string MovedText(string text) => Renamed(Renamed(Renamed(Renamed(text, sample.LabelPath, label), sample.ImagePath, image), LabelPath, labelPath), DicomPath, dicomPath);
            LabelProblem MovedProblem(LabelProblem problem) => problem with { Message = MovedText(problem.Message) };
            return sample with { ImagePath = image, LabelPath = label, Problems = sample.Problems.Select(MovedProblem).ToArray() };
        }

        CacheEntry MovedEntry(CacheEntry entry) => entry with
        {
            Files = [.. entry.Files.Select(file => file with { Path = Moved(file.Path, file.IsImage) })],
            Samples = [.. entry.Samples.Select(MovedSample)],
        };

        return new CacheIndex { DicomPath = dicomPath, LabelPath = labelPath, Entries = Map(MovedEntry, events, cancellationToken) };
    }

    /// <summary>Renames frames from <c>volume#01</c>, as earlier builds named them, to <c>volume_f01</c>.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    public CacheIndex WithFrameNames(CancellationToken cancellationToken) =>
        this with { Entries = Map(entry => entry with { Samples = RenameFrames(entry.Samples) }, events: null, cancellationToken) };

    private CacheEntry[] Map(Func<CacheEntry, CacheEntry> change, EngineEvents? events, CancellationToken cancellationToken)
    {
        var changed = new CacheEntry[Entries.Count];
        ParallelLoop.For(changed.Length, i => changed[i] = change(Entries[i]), "Finding the folders of the cache", events, cancellationToken);
        return changed;
    }

    private static Sample[] RenameFrames(IReadOnlyList<Sample> samples)
    {
        // Only samples that share a file are frames; a single image may have a # in its own name.
        Dictionary<string, int> frames = samples.Select(sample => sample.ImagePath).OfType<string>().GroupBy(path => path).ToDictionary(group => group.Key, group => group.Count());
        return [.. samples.Select(sample => sample.ImagePath is not null && frames[sample.ImagePath] > 1 ? sample with { Name = FormerFrame().Replace(sample.Name, "_f$1") } : sample)];
    }

    [GeneratedRegex("#([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex FormerFrame();
}

/// <summary>The JSON form of an index: all settable properties of a sample; NaN and infinity are written as names.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CacheIndex))]
internal sealed partial class CacheIndexJson : JsonSerializerContext;
