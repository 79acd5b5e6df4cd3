using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>Finds the slices of an earlier segmentation by the names of its masks.</summary>
public static class SegmentationFolder
{
    /// <summary>Reads images and masks.</summary>
    /// <param name="maskPath">The absolute path of the folder of the masks.</param>
    /// <param name="imagePath">The absolute path of the folder of the images that were segmented.</param>
    /// <param name="recurse">Whether subfolders of the images were segmented too.</param>
    /// <param name="labelNames">The names of the ROIs 1 to K; empty to number them.</param>
    /// <param name="axis">The axis along which volumes that are not DICOM were cut into slices.</param>
    /// <param name="events">Receives progress, and the errors of images and masks that cannot be used; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <returns>The slices that have a mask, series by series. They have no confidence, since masks do not contain it.</returns>
    /// <exception cref="MedSegException">A folder does not exist, or no image has a mask (<c>EmptyReport</c>).</exception>
    public static IReadOnlyList<SegmentedSlice> Read(
        string maskPath, string imagePath, bool recurse = false, IReadOnlyList<string>? labelNames = null, SliceAxis axis = SliceAxis.Auto, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(maskPath);
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        foreach (string folder in new[] { maskPath, imagePath }.Where(folder => !Directory.Exists(folder)))
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{folder}: The folder was not found.", folder) { Advice = MissingPath.Advise(folder) };
        }

        IReadOnlyList<ScanSeries> scans = ScanFinder.Find([imagePath], recurse, new ImageReading(axis) { TakesFirst = true }, events, cancellationToken);
        var images = scans.SelectMany(series => series.Slices).Select(slice => slice.Path).ToHashSet(StringComparer.Ordinal);
        (ScanSeries Series, SourceSlice Slice, string Mask)[] found =
        [
            .. from series in scans
               from slice in series.Slices
               let mask = MaskOf(series, slice)
               where mask is not null && !images.Contains(mask)
               select (series, slice, mask),
        ];
        string? MaskOf(ScanSeries series, SourceSlice slice)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return FindMask(maskPath, series, slice);
        }

        if (found.Length == 0)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.EmptyReport, $"{maskPath}: The folder has no mask of an image in {imagePath}.", maskPath)
            {
                Advice = "Give the -OutputPath of the segmentation as -MaskPath and the folder that was segmented as -ImagePath; use -Recurse as in the segmentation.",
            };
        }

        var measured = new List<SegmentedSlice>();
        var reader = new SegmentedSliceReader();
        foreach ((ScanSeries series, SourceSlice slice, string mask) in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                measured.Add(Measure(reader, SegmentedSlice.Of(series, slice) with { MaskPath = mask }));
            }
            catch (MedSegException e)
            {
                events?.Error?.Invoke(e);
            }

            events?.Progress?.Invoke(new WorkProgress(measured.Count, found.Length));
        }

        return Name(measured, labelNames ?? []);
    }

    private static string? FindMask(string folder, ScanSeries series, SourceSlice slice) => Enum.GetValues<MaskFormat>()
        .Select(format => OutputPaths.Of(OutputPaths.IsOneFile(series, format) ? series.Name : slice.Name, new MaskOutput { OutputPath = folder, Format = format }))
        .FirstOrDefault(File.Exists);

    private static SegmentedSlice Measure(SegmentedSliceReader reader, SegmentedSlice slice)
    {
        byte[] mask = reader.Read(slice).Mask;
        IReadOnlyDictionary<int, string> names = reader.RoiNames;
        int count = Math.Max(mask.Max(), names.Keys.DefaultIfEmpty(0).Max());

        // Without predicted pixels there is no confidence, which masks do not contain.
        SegmentedRoi[] rois = MaskMeasure.Measure(new RestoredMask(mask, new byte[mask.Length], []), slice.Columns, slice.Spacing, [.. Enumerable.Range(1, count).Select(roi => names.GetValueOrDefault(roi, string.Empty))]);
        return slice with { Rois = rois, Flags = MaskMeasure.FlagsOf(rois) };
    }

    // All slices get the same ROIs, as in a segmentation: those that were given, those that the masks name, or numbers.
    private static SegmentedSlice[] Name(List<SegmentedSlice> slices, IReadOnlyList<string> given)
    {
        string[] found = given.Count > 0 ? [] : [.. slices.SelectMany(slice => slice.Rois).Where(roi => roi.Name.Length > 0)
            .GroupBy(roi => roi.Name, StringComparer.OrdinalIgnoreCase).OrderBy(group => group.Min(roi => roi.Roi)).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.First().Name)];
        int count = found.Length > 0 ? found.Length : Math.Max(given.Count, slices.Select(slice => slice.Rois.Count).DefaultIfEmpty().Max());
        string[] all = found.Length > 0 ? found : [.. Enumerable.Range(1, count).Select(roi => roi <= given.Count ? given[roi - 1] : FormattableString.Invariant($"ROI {roi}"))];
        SegmentedRoi? Find(SegmentedSlice slice, int roi) =>
            slice.Rois.FirstOrDefault(own => found.Length > 0 && own.Name.Length > 0 ? own.Name.Equals(all[roi - 1], StringComparison.OrdinalIgnoreCase) : own.Roi == roi);
        return [.. slices.Select(slice => slice with
        {
            Rois = [.. all.Select((name, i) => Find(slice, i + 1) is { } own ? own with { Roi = i + 1, Name = name } : new SegmentedRoi(i + 1, name, 0, slice.Spacing is null ? null : 0, null, false))],
        })];
    }
}
