using System.Globalization;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Reports.Html;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>Writes a segmentation run as a single HTML page, on which a reader accepts or rejects each slice.</summary>
public static class SegmentationPage
{
    /// <summary>The largest number of pictures, so that a browser can still open the page. Flagged slices come first.</summary>
    public const int MostPictures = 1000;

    private const int PictureSide = 320;
    private const int PictureQuality = 85;

    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="slices">The slices, at least one, as the segmentation returned them; images and masks are read again.</param>
    /// <param name="folder">The absolute path of the folder of the page: the decisions name files relative to it.</param>
    /// <param name="isInteractive">Whether the page has a viewer to scroll through the scans, which makes it larger by the size of the images.</param>
    /// <param name="events">Receives progress, and the errors of slices that cannot be drawn; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">There are no slices (<c>EmptyReport</c>), or no font is installed (<c>NoFont</c>); of an interactive page, <c>NiiVueMissing</c> or <c>ReportTooLarge</c>.</exception>
    public static void Write(Stream html, IReadOnlyList<SegmentedSlice> slices, string folder, bool isInteractive = false, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (slices.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyReport, "There are no segmented slices, so there is nothing to report.");
        }

        IReadOnlyList<string> scripts = isInteractive ? NiiVue.Scripts() : [];
        if (isInteractive)
        {
            ViewerSection.Require(slices);
        }

        // The order of the slices, except that those to check come first.
        SegmentedSlice[] ordered = [.. slices.OrderBy(slice => slice.Flags == SliceFlags.None)];
        var cut = new SliceCut();
        ReviewItem[] items = [.. ordered.Select(slice => new ReviewItem(
            slice.Name, slice.Series, slice.Frame, ReviewItem.Relative(folder, slice.ImagePath), ReviewItem.Relative(folder, slice.MaskPath), [.. FlagText.Of(slice).Select(flag => flag.Code)])
        {
            Axis = cut.Of(slice),
            Channels = ReviewItem.Relative(folder, slice.ChannelPaths),
        })];
        int series = slices.Select(slice => slice.Series).Distinct().Count();
        HtmlPage.Write(
            html,
            "Segmentation report",
            string.Create(CultureInfo.InvariantCulture, $"{slices.Count} {(slices.Count == 1 ? "slice" : "slices")} of {series} series"),
            [
                new PageSection("overview", "Overview", page => WriteOverview(page, slices)),
                new PageSection("rois", "ROIs", page => WriteRois(page, slices)),
                .. isInteractive ? [new PageSection("viewer", "Scroll through the scans", page => ViewerSection.Write(page, slices, events, cancellationToken))] : Array.Empty<PageSection>(),
                new PageSection("review", "Review", page => WriteCards(page, ordered, items, events, cancellationToken)),
                new PageSection("table", "All slices as a table", page => SegmentationTable.Write(page, ordered, items)),
            ],
            ReviewControls.KeyOf(items),
            scripts);
    }

    private static void WriteOverview(HtmlWriter page, IReadOnlyList<SegmentedSlice> slices)
    {
        double[] known = [.. slices.Select(slice => slice.Confidence).OfType<double>()];
        HtmlFigures.Write(page,
        [
            (HtmlFigures.Count(slices.Count), "slices"),
            (HtmlFigures.Count(slices.Select(slice => slice.Series).Distinct().Count()), "series"),
            (HtmlFigures.Count(slices.Count(slice => slice.Flags != SliceFlags.None)), "flagged"),
            .. known.Length > 0 ? [(known.Average().ToString("0.00", CultureInfo.InvariantCulture), "mean confidence")] : Array.Empty<(string, string)>(),
        ]);
        page.Element("p", "Outlines show what the model found, at the image's own size. Letters at the edges are the sides of the patient as the file states them: R and L, A (front) and P (back), H (head) and F (feet). Without letters, the file does not state them.", ("class", "soft"));
    }

    private static void WriteRois(HtmlWriter page, IReadOnlyList<SegmentedSlice> slices)
    {
        string unit = slices.All(slice => slice.Spacing is not null) ? "mm²" : "pixels";
        bool isCalibrated = slices.SelectMany(slice => slice.Rois).Any(roi => roi.ExpectedDice is not null);
        HtmlTable.Open(page, "ROIs of all slices", ["ROI", "Slices", $"Median area, {unit}", "Smallest", "Largest", "Mean confidence", .. isCalibrated ? ["Mean expected Dice"] : Array.Empty<string>()]);
        foreach (IGrouping<(int Roi, string Name), SegmentedRoi> roi in slices.SelectMany(slice => slice.Rois).GroupBy(roi => (roi.Roi, roi.Name)).OrderBy(group => group.Key.Roi))
        {
            SegmentedRoi[] found = [.. roi.Where(r => r.Pixels > 0)];
            double[] areas = [.. found.Select(r => unit == "mm²" ? r.Area!.Value : r.Pixels)];
            page.Open("tr");
            page.Open("td");
            RoiMark.Write(page, roi.Key.Roi, roi.Key.Name);
            page.Close();
            HtmlTable.Number(page, found.Length, "N0");
            HtmlTable.Number(page, areas.Length > 0 ? Imaging.Statistics.Median(areas) : null, "N0");
            HtmlTable.Number(page, areas.Length > 0 ? areas.Min() : null, "N0");
            HtmlTable.Number(page, areas.Length > 0 ? areas.Max() : null, "N0");
            HtmlTable.Number(page, Mean(found.Select(r => r.Confidence)), "0.00");
            if (isCalibrated)
            {
                HtmlTable.Number(page, Mean(found.Select(r => r.ExpectedDice)), "0.00");
            }

            page.Close();
        }

        HtmlTable.Close(page);
    }

    private static void WriteCards(HtmlWriter page, SegmentedSlice[] slices, ReviewItem[] items, EngineEvents? events, CancellationToken cancellationToken)
    {
        ReviewControls.WriteTools(page, items, "review.csv");
        if (slices.Length > MostPictures)
        {
            page.Element("p", string.Create(CultureInfo.InvariantCulture, $"The first {MostPictures:N0} slices are shown with a picture. Write a report for each series to see all."), ("class", "note"));
        }

        using var picture = new SlicePicture(PictureSide);
        var reader = new SegmentedSliceReader();
        page.Open("div", ("class", "slices"));
        for (int i = 0; i < slices.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PicturedSlice? drawn = i < MostPictures ? TryRead(reader, slices[i], events) : null;
            SegmentationCard.Write(page, slices[i], items[i], i + 1, drawn, drawn is null ? null : picture.ToJpeg(drawn, PictureQuality));
            events?.Progress?.Invoke(new WorkProgress(i + 1, slices.Length));
        }

        page.Close();
    }

    private static PicturedSlice? TryRead(SegmentedSliceReader reader, SegmentedSlice slice, EngineEvents? events)
    {
        try
        {
            return reader.Read(slice);
        }
        catch (MedSegException e)
        {
            events?.Error?.Invoke(e);
            return null;
        }
    }

    private static double? Mean(IEnumerable<double?> values) => values.OfType<double>().ToArray() is { Length: > 0 } known ? known.Average() : null;
}
