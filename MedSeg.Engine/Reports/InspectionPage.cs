using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Inspection;
using MedSeg.Reports.Html;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>
/// Writes the results of an inspection as a single HTML page: a card for each flagged sample, and a contact sheet of all samples on which
/// a reader accepts or rejects each.
/// </summary>
public static class InspectionPage
{
    /// <summary>The largest number of pictures of flagged samples, so that a browser can still open the page.</summary>
    public const int MostPictures = 500;

    /// <summary>The largest number of pictures of the contact sheet.</summary>
    public const int MostSheetPictures = 1000;

    private const int PictureSide = 320;
    private const int SheetSide = 208;
    private const int PictureQuality = 85;

    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="inspection">The results of its inspection.</param>
    public static void Write(Stream html, Dataset dataset, DatasetInspection inspection)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Write(html, dataset, inspection, dataset.LabelPath);
    }

    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="inspection">The results of its inspection.</param>
    /// <param name="folder">The absolute path of the folder of the page: the decisions name files relative to it.</param>
    /// <param name="events">Receives progress, or null.</param>
    /// <param name="cancellationToken">Stops before the next picture.</param>
    public static void Write(Stream html, Dataset dataset, DatasetInspection inspection, string folder, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(inspection);

        // The worst first; within a severity, in the order of names.
        (Sample Sample, LabelReport Report)[] flagged = [.. dataset.Samples.Zip(inspection.Reports).Where(pair => pair.Second.Problems.Count > 0).OrderByDescending(pair => pair.Second.Problems.Max(p => p.Severity))];
        (Sample Sample, LabelReport Report)[] all = [.. flagged, .. dataset.Samples.Zip(inspection.Reports).Where(pair => pair.Second.Problems.Count == 0)];
        ReviewItem[] items = [.. all.Select(pair => ItemOf(pair.Sample, pair.Report, folder))];
        using var pictures = new SlicePicture(PictureSide) { IsFilled = true };
        using var sheet = new SlicePicture(SheetSide);
        HtmlPage.Write(
            html,
            "Label inspection",
            FolderNames.Last(dataset.LabelPath),
            [
                new PageSection("overview", "Overview", page => WriteOverview(page, inspection)),
                new PageSection("rois", "ROIs", page => WriteRois(page, inspection)),
                .. SetProblems(dataset, inspection),
                new PageSection("findings", "Samples", page => InspectionCards.Write(page, dataset, flagged, pictures, cancellationToken)),
                new PageSection("sheet", "Contact sheet", page => WriteSheet(page, dataset, all, items, sheet, events, cancellationToken)),
            ],
            ReviewControls.KeyOf(items));
    }

    /// <summary>Draws a sample at the size of the network's input.</summary>
    /// <param name="sample">The sample, which is usable.</param>
    /// <param name="size">The side of the input.</param>
    /// <param name="picture">Draws.</param>
    /// <returns>The JPEG in base64, and its size in pixels.</returns>
    internal static (string Base64, (int Width, int Height) Size) Draw(Sample sample, int size, SlicePicture picture)
    {
        using RentedSlice pixels = sample.Pixels!.Open();
        return picture.ToJpeg(new PicturedSlice(pixels.FirstChannel(), pixels.Roi, size, size), PictureQuality);
    }

    private static ReviewItem ItemOf(Sample sample, LabelReport report, string folder) => new(
        sample.Name, string.Empty, sample.Frame, ReviewItem.Relative(folder, sample.ImagePath), ReviewItem.Relative(folder, sample.LabelPath), [.. report.Problems.Select(p => p.Code).Distinct()])
    {
        Axis = sample.Axis,
        Channels = ReviewItem.Relative(folder, sample.ChannelPaths),
    };

    private static void WriteOverview(HtmlWriter page, DatasetInspection inspection)
    {
        HtmlFigures.Write(
            page,
            (HtmlFigures.Count(inspection.Reports.Count), "samples"),
            (HtmlFigures.Count(inspection.Patients), "patients"),
            (HtmlFigures.Count(inspection.Invalid), "cannot be used"),
            (HtmlFigures.Count(inspection.Suspect), "suspect"),
            (HtmlFigures.Count(inspection.Reports.Count(r => r is { IsValid: true, IsSuspect: false, Problems.Count: > 0 })), "only unusual"));
        page.Element("p", "Findings come from comparing the samples with each other. They are hints: only a person can judge the anatomy.", ("class", "soft"));
    }

    private static void WriteRois(HtmlWriter page, DatasetInspection inspection)
    {
        HtmlTable.Open(page, "ROIs of the data set", ["ROI", "Slices", "Share", "Patients", "Median pixels", "Median area, mm²"]);
        for (int i = 0; i < inspection.Rois.Count; i++)
        {
            RoiSummary roi = inspection.Rois[i];
            page.Open("tr");
            page.Open("td");
            RoiMark.Write(page, i + 1, $"{i + 1} {roi.Name}");
            page.Close();
            HtmlTable.Number(page, roi.Slices, "N0");
            page.Open("td", ("class", "number"), ("data-value", roi.Share));
            page.Text(roi.Share.ToString("P0", CultureInfo.InvariantCulture));
            page.Open("span", ("class", "bar"));
            page.Element("i", string.Empty, ("style", string.Create(CultureInfo.InvariantCulture, $"width:{100 * roi.Share:0.#}%")));
            page.Close();
            page.Close();
            HtmlTable.Number(page, roi.Patients, "N0");
            HtmlTable.Number(page, roi.MedianPixels, "N0");
            HtmlTable.Number(page, roi.MedianArea, "N0");
            page.Close();
        }

        HtmlTable.Close(page);
    }

    private static IEnumerable<PageSection> SetProblems(Dataset dataset, DatasetInspection inspection)
    {
        if (inspection.Problems.Count > 0)
        {
            yield return new PageSection("set", "The set as a whole", page => InspectionCards.WriteProblems(page, inspection.Problems.Select(p => FolderNames.Remove(p, dataset))));
        }
    }

    private static void WriteSheet(
        HtmlWriter page, Dataset dataset, (Sample Sample, LabelReport Report)[] all, ReviewItem[] items, SlicePicture picture, EngineEvents? events, CancellationToken cancellationToken)
    {
        RoiMark.WriteLegend(page, dataset.LabelNames);
        ReviewControls.WriteTools(page, items, "label-review.csv");
        if (all.Length > MostSheetPictures)
        {
            page.Element("p", string.Create(CultureInfo.InvariantCulture, $"The first {MostSheetPictures:N0} samples are shown with a picture."), ("class", "note"));
        }

        page.Open("div", ("class", "slices sheet"));
        for (int i = 0; i < all.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReviewControls.OpenCard(page, items[i], i + 1);
            if (all[i].Sample.IsUsable && i < MostSheetPictures)
            {
                (string jpeg, (int Width, int Height) size) = Draw(all[i].Sample, dataset.InputSize, picture);
                page.Picture(jpeg, size, $"Slice {all[i].Sample.Name} with outlines of its ROIs");
            }

            page.Open("div");
            page.Element("h3", all[i].Sample.Name, ("id", ReviewControls.IdOf(i + 1) + "-name"));
            if (items[i].Codes.Count > 0)
            {
                page.Element("p", string.Join(", ", items[i].Codes), ("class", "flags"));
            }

            ReviewControls.WriteDecision(page, items[i], i + 1);
            page.Close();
            page.Close();
            events?.Progress?.Invoke(new WorkProgress(i + 1, all.Length));
        }

        page.Close();
        page.Element("p", "Checked by ______________________________   Date ________________", ("class", "sign"));
    }
}
