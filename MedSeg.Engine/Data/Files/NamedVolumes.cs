using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// Finds the series of label volumes that are named like its first slice by name, as segmentation names volumes. The other slices of the series are
/// those that the volume covers and that have no mask of their own.
/// </summary>
/// <param name="reading">How images that are not DICOM are read.</param>
internal sealed class NamedVolumes(ImageReading reading)
{
    private readonly Dictionary<string, ImageHeader?> _headers = new(StringComparer.Ordinal);

    /// <summary>Pairs volumes with series, and removes the images that are paired.</summary>
    /// <param name="images">The images, by name.</param>
    /// <param name="masks">The masks, by the name of their image or, if it has none, by their own.</param>
    /// <param name="single">The images without a mask of their name; those of the series are removed.</param>
    /// <param name="volumes">The paths of the masks that are volumes.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A pair for each volume that has more slices than the one of its name, by that name.</returns>
    public IReadOnlyDictionary<string, SamplePair> Match(IReadOnlyDictionary<string, string> images, IReadOnlyDictionary<string, string> masks, SortedDictionary<string, string> single, IReadOnlySet<string> volumes, CancellationToken cancellationToken)
    {
        var pairs = new Dictionary<string, SamplePair>(StringComparer.Ordinal);
        foreach ((string name, string mask) in masks.Where(mask => single.Count > 0 && images.ContainsKey(mask.Key) && volumes.Contains(mask.Value)))
        {
            string image = images[name];
            if (!ImageSource.IsVolume(image) && !PictureFile.Is(image) && HeaderOf(image) is { Planes.Count: 1, Series.Length: > 0 } first && Others(first, mask, single, cancellationToken) is { Count: > 0 } others && others.TrueForAll(other => string.CompareOrdinal(name, other) < 0))
            {
                pairs[name] = new SamplePair(name, null, mask)
                {
                    Slices = [.. others.Append(name).Order(StringComparer.Ordinal).Select(slice => new SeriesImage(slice, images[slice], reading, HeaderOf(images[slice])))],
                };
                others.ForEach(other => single.Remove(other));
            }
        }

        return pairs;
    }

    // Some scanners make each slice a series of its own.
    private List<string> Others(ImageHeader first, string mask, SortedDictionary<string, string> single, CancellationToken cancellationToken)
    {
        Func<ImageHeader, bool> covers = Coverage(mask, first);
        KeyValuePair<string, string>[] covered = [.. single.TakeWhile(_ => !cancellationToken.IsCancellationRequested).Where(image => HeaderOf(image.Value) is { Planes.Count: 1 } header && covers(header))];
        cancellationToken.ThrowIfCancellationRequested();
        List<string> same = [.. covered.Where(image => HeaderOf(image.Value)!.Series == first.Series).Select(image => image.Key)];
        return same.Count > 0 ? same : [.. covered.Where(image => HeaderOf(image.Value)!.SharesPlace(first)).Select(image => image.Key)];
    }

    // A segmentation or structure set leaves out slices without labels, so it covers the series that it refers to.
    private static Func<ImageHeader, bool> Coverage(string mask, ImageHeader first)
    {
        if (DicomLabels.ClassOf(mask) is not null)
        {
            IReadOnlyList<string> series = DicomLabels.ReadSeries(mask);
            return header => series.Contains(first.Series) && series.Contains(header.Series);
        }

        VoxelGrid? grid = VolumeFile.Is(mask) ? GridOf(mask) : null;
        return header => grid is not null && grid.Find(header.Planes[0].Plane, out _) is null;
    }

    private static VoxelGrid? GridOf(string mask)
    {
        try
        {
            return VolumeFile.ReadHeader(mask).Geometry.ToGrid();
        }
        catch (Errors.MedSegException)
        {
            // The error is reported when the mask is read.
            return null;
        }
    }

    private ImageHeader? HeaderOf(string path)
    {
        if (!_headers.TryGetValue(path, out ImageHeader? header))
        {
            _headers[path] = header = ImageHeader.Read(path, reading);
        }

        return header;
    }
}
