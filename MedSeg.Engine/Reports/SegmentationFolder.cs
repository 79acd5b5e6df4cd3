using MedSeg.Errors;
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
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{folder}: Folder not found.", folder);
        }

        IReadOnlyList<ScanSeries> scans = ScanFinder.Find([imagePath], recurse, new ImageReading(axis), events?.Error);
        var images = scans.SelectMany(series => series.Slices).Select(slice => slice.Path).ToHashSet(StringComparer.Ordinal);
        (ScanSeries Series, SourceSlice Slice, string Mask)[] found =
        [
            .. from series in scans
               from slice in series.Slices
               let mask = FindMask(maskPath, series, slice)
               where mask is not null && !images.Contains(mask)
               select (series, slice, mask),
        ];
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
                measured.Add(Measure(reader, ToSlice(series, slice, mask)));
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

    private static SegmentedSlice ToSlice(ScanSeries series, SourceSlice slice, string mask) => new()
    {
        Name = slice.Name,
        Series = series.Name,
        ImagePath = slice.Path,
        Frame = slice.Frame + 1,
        MaskPath = mask,
        Rows = slice.Rows,
        Columns = slice.Columns,
        Spacing = slice.Spacing,
        Location = slice.Location,
        Rois = [],
        Flags = SliceFlags.None,
    };

    private static SegmentedSlice Measure(SegmentedSliceReader reader, SegmentedSlice slice)
    {
        byte[] mask = reader.Read(slice).Mask;
        int highest = mask.Max();
        long[] pixels = new long[highest + 1];
        bool[] touches = new bool[highest + 1];
        for (int i = 0; i < mask.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, slice.Columns);
            pixels[mask[i]]++;
            touches[mask[i]] |= row == 0 || row == slice.Rows - 1 || column == 0 || column == slice.Columns - 1;
        }

        SegmentedRoi[] rois = [.. Enumerable.Range(1, highest).Select(roi => new SegmentedRoi(roi, string.Empty, pixels[roi], pixels[roi] * slice.Spacing?.PixelArea, null, touches[roi]))];
        SliceFlags flags = (rois.Length == 0 ? SliceFlags.Empty : SliceFlags.None) | (rois.Any(roi => roi.TouchesBorder) ? SliceFlags.TouchesBorder : SliceFlags.None);
        return slice with { Rois = rois, Flags = flags };
    }

    // All slices get the same ROIs, as in a segmentation.
    private static SegmentedSlice[] Name(List<SegmentedSlice> slices, IReadOnlyList<string> names)
    {
        int count = Math.Max(names.Count, slices.Select(slice => slice.Rois.Count).DefaultIfEmpty().Max());
        string[] all = [.. Enumerable.Range(1, count).Select(roi => roi <= names.Count ? names[roi - 1] : FormattableString.Invariant($"ROI {roi}"))];
        return [.. slices.Select(slice => slice with
        {
            Rois = [.. all.Select((name, i) => i < slice.Rois.Count ? slice.Rois[i] with { Name = name } : new SegmentedRoi(i + 1, name, 0, slice.Spacing is null ? null : 0, null, false))],
        })];
    }
}
