using MedSeg.Inference;
using MedSeg.Reports.Html;

namespace MedSeg.Reports;

/// <summary>Writes segmented slices as a table: a row for each slice, with the areas of its ROIs.</summary>
internal static class SegmentationTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="page">The page.</param>
    /// <param name="slices">The slices, in the order of their cards.</param>
    /// <param name="items">What the reader decides on, for each slice.</param>
    public static void Write(HtmlWriter page, SegmentedSlice[] slices, ReviewItem[] items)
    {
        (int Roi, string Name)[] rois = [.. slices.SelectMany(slice => slice.Rois).Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi)];
        bool isMetric = slices.All(slice => slice.Spacing is not null);
        bool hasLocation = slices.Any(slice => slice.Location is not null);
        page.Element("p", $"Areas are in {(isMetric ? "mm²" : "pixels")}. The filters of the review apply here too; select a column's title to sort.", ("class", "soft"));
        HtmlTable.Open(page, "All slices", ["Slice", "Series", .. hasLocation ? ["Position, mm"] : Array.Empty<string>(), "Flags", "Confidence", .. rois.Select(roi => roi.Name), "Decision"]);
        for (int i = 0; i < slices.Length; i++)
        {
            SegmentedSlice slice = slices[i];
            page.Open("tr", ("data-row", items[i].Key));
            page.Open("td");
            page.Element("a", slice.Name, ("href", "#" + ReviewControls.IdOf(i + 1)));
            page.Close();
            page.Element("td", slice.Series);
            if (hasLocation)
            {
                HtmlTable.Number(page, slice.Location, "0.#");
            }

            page.Element("td", string.Join(", ", FlagText.Of(slice).Select(flag => flag.Code)));
            HtmlTable.Number(page, slice.Confidence, "0.00");
            foreach ((int roi, string name) in rois)
            {
                SegmentedRoi? found = slice.Rois.FirstOrDefault(r => r.Roi == roi && r.Name == name);
                HtmlTable.Number(page, found is null ? null : isMetric ? found.Area : found.Pixels, "N0");
            }

            page.Element("td", string.Empty, ("data-decided", true));
            page.Close();
        }

        HtmlTable.Close(page);
    }
}
