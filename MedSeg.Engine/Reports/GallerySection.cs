using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Evaluation;
using MedSeg.Pictures;
using MedSeg.Reports.Html;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Writes scores on held-out slices, and the worst and the median ones with both outlines.</summary>
internal static class GallerySection
{
    private const int PictureSide = 320;
    private const int PictureQuality = 88;
    private const double Opacity = 0.35;

    /// <summary>Writes the scores of each ROI.</summary>
    /// <param name="page">The page.</param>
    /// <param name="rois">The scores.</param>
    public static void WriteScores(HtmlWriter page, IReadOnlyList<ModelScore> rois)
    {
        page.Element("p", "Scores are of masks at the size of the images, against the masks as drawn; intervals are 95 %, by bootstrap over patients. HD95 is the 95 % Hausdorff distance, ASSD the average symmetric surface distance.", ("class", "soft"));
        HtmlTable.Open(page, "Scores of each ROI", ["ROI", "Slices", "Patients", "Dice", "95 % interval", "Patient Dice", "Precision", "Recall", "HD95, mm", "ASSD, mm", "Missed", "Invented"]);
        foreach (ModelScore roi in rois)
        {
            page.Open("tr");
            page.Open("td");
            RoiMark.Write(page, roi.Roi, roi.Name);
            page.Close();
            HtmlTable.Number(page, roi.Slices, "N0");
            HtmlTable.Number(page, roi.Patients, "N0");
            HtmlTable.Number(page, roi.Dice, "0.000");
            page.Element("td", Interval(roi), ("class", "number"));
            HtmlTable.Number(page, roi.PatientDice, "0.000");
            HtmlTable.Number(page, roi.Precision, "0.000");
            HtmlTable.Number(page, roi.Recall, "0.000");
            HtmlTable.Number(page, roi.Hausdorff95, "0.00");
            HtmlTable.Number(page, roi.SurfaceDistance, "0.00");
            HtmlTable.Number(page, roi.Missed, "N0");
            HtmlTable.Number(page, roi.Invented, "N0");
            page.Close();
        }

        HtmlTable.Close(page);
    }

    /// <summary>Writes the pictures.</summary>
    /// <param name="page">The page.</param>
    /// <param name="gallery">The slices.</param>
    /// <param name="labelNames">The names of the ROIs.</param>
    public static void WritePictures(HtmlWriter page, HeldOutGallery gallery, IReadOnlyList<string> labelNames)
    {
        RoiMark.WriteLegend(page, labelNames);
        page.Element("p", "Drawn outlines are solid, found ones dashed; pixels where they differ are brighter. Slices are shown at the size of the network's input.", ("class", "soft"));
        Write("Lowest mean Dice", gallery.Worst);
        Write("Around the median", gallery.Median);

        void Write(string title, IEnumerable<GallerySlice> slices)
        {
            if (slices.Any())
            {
                page.Element("h3", title);
                page.Open("div", ("class", "pictures"));
                foreach (GallerySlice slice in slices)
                {
                    WritePicture(page, slice, gallery.InputSize);
                }

                page.Close();
            }
        }
    }

    private static void WritePicture(HtmlWriter page, GallerySlice slice, int size)
    {
        int factor = Math.Max(1, (PictureSide + size - 1) / size);
        using RentedSlice pixels = slice.Sample.Pixels!.Open();
        using SKBitmap bitmap = SliceOverlay.WithOutlines(pixels.FirstChannel(), pixels.Roi, slice.Found.Unpack(), size, factor, Opacity);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, PictureQuality);
        string rois = string.Join(", ", slice.Scores.Where(score => score.Dice is not null).Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Name}: {score.Dice:0.00}")));
        page.Open("figure");
        page.Picture(Convert.ToBase64String(data.AsSpan()), (bitmap.Width, bitmap.Height), $"Slice {slice.Sample.Name} with drawn and found outlines");
        page.Open("figcaption");
        page.Element("b", string.Create(CultureInfo.InvariantCulture, $"{slice.Sample.Name}: {slice.Dice:0.000}"));
        page.Empty("br");
        page.Element("span", rois, ("class", "soft"));
        page.Close();
        page.Close();
    }

    private static string Interval(ModelScore roi) =>
        roi.DiceLow is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{roi.DiceLow:0.000}–{roi.DiceHigh:0.000}");
}
