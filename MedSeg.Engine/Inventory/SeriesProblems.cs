namespace MedSeg.Inventory;

/// <summary>Says what would hinder the use of a series.</summary>
internal static class SeriesProblems
{
    /// <summary>Lists the problems of a series, the worst first.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="places">Where its slices are.</param>
    /// <returns>Phrases without a full stop, such as <c>2 slices are missing</c>.</returns>
    public static string[] Find(IReadOnlyList<ScannedFile> files, SlicePlaces places) =>
        [.. OfFiles(files).Concat(OfHeaders(files)).Concat(files.Any(file => file.Frames > 0) ? OfPlaces(files, places) : [])];

    private static IEnumerable<string> OfFiles(IReadOnlyList<ScannedFile> files) =>
        files.Where(file => file.Problem is not null).GroupBy(file => file.Problem!).Select(alike =>
            files.Count == 1 ? alike.Key : $"{alike.Key} ({Path.GetFileName(alike.First().Path)}{(alike.Count() == 1 ? "" : $" and {alike.Count() - 1} more")})");

    private static IEnumerable<string> OfHeaders(IReadOnlyList<ScannedFile> files)
    {
        SeriesHeader first = files[0].Header;
        if (files.Any(file => file.Header.IsMosaic))
        {
            yield return "Each image is a Siemens mosaic of several slices";
        }

        if (files.Any(file => file.Header.Kind == ChannelKind.Mixed))
        {
            yield return "The frames are of several kinds, such as water and fat, which need -Channel";
        }

        (int, int)[] sizes = [.. files.Where(file => file.Frames > 0).Select(file => (file.Header.Rows, file.Header.Columns)).Distinct()];
        if (sizes.Length > 1)
        {
            yield return $"The slices have {sizes.Length} sizes";
        }

        if (files.Any(file => file.Frames > 0 && file.Header.PixelSpacing is null))
        {
            yield return "The pixel spacing is missing";
        }
        else if (files.Any(file => file.Frames > 0 && file.Header.PixelSpacing != first.PixelSpacing))
        {
            yield return "The slices have several pixel spacings";
        }
    }

    private static IEnumerable<string> OfPlaces(IReadOnlyList<ScannedFile> files, SlicePlaces places)
    {
        int unplaced = files.Sum(file => file.Frames - file.Origins.Count);
        if (unplaced > 0 && !files.Any(file => file.Header.IsMosaic))
        {
            yield return unplaced == files.Sum(file => file.Frames) ? "The positions of the slices are missing" : $"{Slices(unplaced)} no position";
        }

        if (places.Orientation == SliceOrientation.Mixed)
        {
            yield return "The slices have several directions";
        }

        // Frames of several kinds are at the same places.
        if (places.Repeated > 0 && !files.Any(file => file.Header.Kind == ChannelKind.Mixed))
        {
            yield return places.Repeated == 1 ? "1 slice is at the position of another" : $"{places.Repeated} slices are at the positions of others";
        }

        if (places.Missing is > 0 and int missing)
        {
            yield return missing == 1 ? "1 slice is missing" : $"{missing} slices are missing";
        }
        else if (places.IsUneven)
        {
            yield return "The distances between slices differ";
        }
    }

    private static string Slices(int count) => count == 1 ? "1 slice has" : $"{count} slices have";
}
