using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// Finds the images that a label volume belongs to, among those without a mask of the same name. A DICOM SEG or RTSTRUCT that states the series it
/// was drawn on belongs to that series. Any other volume belongs to the images whose name starts with its own, such as P01/S01, P01_S01
/// and P01-S01 for P01; if there are none, to those in the same subfolder. They may be of several series if these share their place.
/// ROIs of ImageJ on the slices of a series are paired in the same way; by subfolder only if that has no other mask, since they have no position.
/// </summary>
internal sealed class VolumePairing
{
    private readonly SortedDictionary<string, string> _images;
    private readonly ImageReading _reading;
    private readonly Dictionary<string, ImageHeader?> _headers = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _seriesOfVolume = [];
    private readonly Dictionary<string, List<string>> _claims = [];
    private readonly HashSet<string> _namedOnly;
    private readonly CancellationToken _stop;

    private VolumePairing(SortedDictionary<string, string> images, IReadOnlyList<KeyValuePair<string, string>> volumes, IEnumerable<string> masks, ImageReading reading, CancellationToken cancellationToken)
    {
        _stop = cancellationToken;
        ILookup<string, string> folders = masks.ToLookup(FolderOf, StringComparer.Ordinal);
        _namedOnly = [.. volumes.Where(volume => OutlineFile.MayHaveSlices(volume.Value) && folders[FolderOf(volume.Key)].Skip(1).Any()).Select(volume => volume.Key)];
        _images = images;
        _reading = reading;
        foreach ((string name, string path) in volumes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _seriesOfVolume[name] = DicomLabels.ClassOf(path) is not null ? DicomLabels.ReadSeries(path) : [];
            _claims[name] = [];
        }
    }

    /// <summary>Pairs volumes with images, and removes the paired images.</summary>
    /// <param name="images">The images without a mask, by name; paired images are removed.</param>
    /// <param name="volumes">The volumes, by name.</param>
    /// <param name="masks">The names of all masks.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A pair for each volume.</returns>
    public static IReadOnlyList<SamplePair> Match(
        SortedDictionary<string, string> images, IReadOnlyList<KeyValuePair<string, string>> volumes, IEnumerable<string> masks, ImageReading reading, CancellationToken cancellationToken)
    {
        var pairing = new VolumePairing(images, volumes, masks, reading, cancellationToken);
        pairing.ClaimBySeries();
        pairing.ClaimByName();
        pairing.ClaimByFolder();
        SamplePair[] pairs = [.. volumes.Select(pairing.Pair)];
        foreach (string image in pairing._claims.Values.SelectMany(claimed => claimed))
        {
            images.Remove(image);
        }

        return pairs;
    }

    // Both names are folded: they are compared without regard to case and Unicode form.
    private static bool StartsWith(string image, string volume) =>
        image.Length > volume.Length && image.StartsWith(volume, StringComparison.Ordinal) && (image[volume.Length] == '/' || PairName.IsSeparator(image[volume.Length]));

    private static string FolderOf(string name) => PairName.Fold(name[..(name.LastIndexOf('/') + 1)]);

    private void ClaimBySeries()
    {
        foreach ((string volume, IReadOnlyList<string> series) in _seriesOfVolume)
        {
            if (series.Count > 0)
            {
                _claims[volume].AddRange(_images.Keys.Where(image => HeaderOf(image) is { } own && series.Contains(own.Series)));
            }
        }
    }

    // With volumes P01 and P01_T2, the image P01_T2_S01 belongs to the longer name.
    private void ClaimByName()
    {
        (string Name, string Folded)[] volumes =
            [.. _claims.Keys.Where(volume => _seriesOfVolume[volume].Count == 0).OrderByDescending(volume => volume.Length).Select(volume => (volume, PairName.Fold(volume)))];
        foreach (string image in _images.Keys)
        {
            _stop.ThrowIfCancellationRequested();
            string folded = PairName.Fold(image);
            if (Array.Find(volumes, volume => StartsWith(folded, volume.Folded)).Name is { } owner && HeaderOf(image) is not null)
            {
                _claims[owner].Add(image);
            }
        }
    }

    private void ClaimByFolder()
    {
        HashSet<string> claimed = [.. _claims.Values.SelectMany(images => images)];
        foreach ((string volume, List<string> own) in _claims)
        {
            _stop.ThrowIfCancellationRequested();
            if (own.Count == 0 && _seriesOfVolume[volume].Count == 0 && !_namedOnly.Contains(volume))
            {
                string folder = FolderOf(volume);
                own.AddRange(_images.Keys.Where(image => FolderOf(image) == folder && !claimed.Contains(image) && HeaderOf(image) is not null));
            }
        }
    }

    // Null if the file is not an image, which is then skipped.
    private ImageHeader? HeaderOf(string image)
    {
        _stop.ThrowIfCancellationRequested();
        if (!_headers.TryGetValue(image, out ImageHeader? header))
        {
            _headers[image] = header = ImageHeader.Read(_images[image], _reading);
        }

        return header;
    }

    private SamplePair Pair(KeyValuePair<string, string> volume)
    {
        List<string> own = _claims[volume.Key];
        IReadOnlyList<SeriesImage> slices = [.. own.Select(image => new SeriesImage(image, _images[image], _reading, HeaderOf(image)))];
        bool isRoiSet = OutlineFile.MayHaveSlices(volume.Value);
        SamplePair pair = isRoiSet && own is [string only]
            ? new SamplePair(only, _images[only], volume.Value)
            : new SamplePair(volume.Key, null, volume.Value) { Slices = isRoiSet ? RoiStack.Number(slices) : slices };
        string? rival = _claims.Where(claim => claim.Key != volume.Key && claim.Value.Intersect(own).Any()).Select(claim => claim.Key).Order(StringComparer.Ordinal).FirstOrDefault();
        ImageHeader[] headers = [.. own.Select(HeaderOf).OfType<ImageHeader>().Where(header => header.Series.Length > 0)];
        int series = headers.DistinctBy(header => header.Series).Count();
        string? problem = rival is not null
            ? $"the volume {rival} matches the same images"
            : isRoiSet ? RoiStack.Problem(slices)
            : series > 1 && _seriesOfVolume[volume.Key].Count == 0 && !Array.TrueForAll(headers, headers[0].SharesPlace)
                ? $"the {own.Count} images that it matches are of {series} series, which differ in patient, study, frame of reference or orientation"
                : null;
        return problem is null
            ? pair
            : pair with
            {
                Problem = new LabelProblem(ErrorIds.LabelVolumeAmbiguous, LabelSeverity.Error, $"{volume.Value}: It is not clear which images the volume belongs to: {problem}.", 0)
                {
                    Advice = "Put the images of each series into a subfolder named like its volume, and use -Recurse.",
                },
            };
    }
}
