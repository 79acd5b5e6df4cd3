using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>
/// Finds the images that a volume of labels belongs to, among those without a mask of their own name. A DICOM SEG that
/// says which series it was drawn on belongs to that. Another volume belongs to the images whose name begins with its
/// own, as in P01/S01, P01_S01 and P01-S01 for P01; where there are none, to those of the folder in which it stands.
/// </summary>
/// <param name="images">The images without a mask, by name.</param>
internal sealed class VolumePairing(SortedDictionary<string, string> images)
{
    private readonly Dictionary<string, string?> _series = [];

    /// <summary>Pairs volumes; the images that find one are taken out of those without a mask.</summary>
    /// <param name="volumes">The volumes, by name.</param>
    /// <returns>A pair for each volume.</returns>
    public IReadOnlyList<SamplePair> Match(IReadOnlyList<KeyValuePair<string, string>> volumes)
    {
        var candidates = new Dictionary<string, List<string>>();
        var owners = new Dictionary<string, string>();

        // Of P01 and P01_T2, the image P01_T2_S01 belongs to the longer.
        foreach ((string name, string path) in volumes.OrderByDescending(v => v.Key.Length).ThenBy(v => v.Key, StringComparer.Ordinal))
        {
            candidates[name] = [.. FindImages(name, path).Where(image => !owners.ContainsKey(image) || !StartsWith(image, owners[image]) || SegVolume.ReadSeries(path).Count > 0)];
            candidates[name].ForEach(image => owners.TryAdd(image, name));
        }

        List<SamplePair> pairs = [.. volumes.Select(volume => Pair(volume, candidates))];
        foreach (string image in owners.Keys)
        {
            images.Remove(image);
        }

        return pairs;
    }

    private static bool StartsWith(string image, string volume) =>
        image.Length > volume.Length && image.StartsWith(volume, StringComparison.Ordinal) && image[volume.Length] is '/' or '_' or '-' or '.' or ' ';

    private static string FolderOf(string name) => name[..(name.LastIndexOf('/') + 1)];

    private IEnumerable<string> FindImages(string name, string path)
    {
        IReadOnlyList<string> series = SegVolume.ReadSeries(path);
        if (series.Count > 0)
        {
            return images.Keys.Where(image => SeriesOf(image) is { } own && series.Contains(own));
        }

        string[] named = [.. images.Keys.Where(image => StartsWith(image, name))];
        return (named.Length > 0 ? named : images.Keys.Where(image => FolderOf(image) == FolderOf(name))).Where(image => SeriesOf(image) is not null);
    }

    private string? SeriesOf(string image)
    {
        if (!_series.TryGetValue(image, out string? series))
        {
            _series[image] = series = SliceFile.SeriesOf(images[image]);
        }

        return series;
    }

    private SamplePair Pair(KeyValuePair<string, string> volume, Dictionary<string, List<string>> candidates)
    {
        List<string> own = candidates[volume.Key];
        var pair = new SamplePair(volume.Key, null, volume.Value) { Slices = [.. own.Select(image => new SliceFile(image, images[image]))] };
        string? rival = candidates.Where(c => c.Key != volume.Key && c.Value.Intersect(own).Any()).Select(c => c.Key).Order(StringComparer.Ordinal).FirstOrDefault();
        int series = own.Select(SeriesOf).Where(uid => !string.IsNullOrEmpty(uid)).Distinct().Count();
        string? problem = rival is not null
            ? $"both it and the volume {rival} would belong to the same images"
            : series > 1 && SegVolume.ReadSeries(volume.Value).Count == 0 ? $"the {own.Count} images that it would belong to are of {series} series" : null;
        return problem is null
            ? pair
            : pair with { Problem = new LabelProblem("LabelVolumeAmbiguous", LabelSeverity.Error, $"{volume.Value}: it is not clear which images the volume belongs to: {problem}. Put the images of each series into a folder with the name of its volume, and use -Recurse.", 0) };
    }
}
