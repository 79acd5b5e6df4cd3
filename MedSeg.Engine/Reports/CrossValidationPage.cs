using System.Globalization;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Reports.Html;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Writes a cross-validation as a single HTML page.</summary>
public static class CrossValidationPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="validation">The result of the cross-validation.</param>
    /// <param name="dataset">The data set that was cross-validated, for pooled scores and pictures; null to leave them out.</param>
    /// <param name="options">How to segment held-out slices; null for the defaults.</param>
    /// <param name="events">Receives progress, or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <exception cref="MedSegException">A model cannot be read, or the data set is another one (<c>HeldOutUnknown</c>, <c>DatasetMismatch</c>).</exception>
    public static void Write(Stream html, CrossValidationResult validation, Dataset? dataset = null, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(validation);
        HeldOutGallery? gallery = dataset is null ? null : HeldOutGallery.OfFolds(dataset, validation, options ?? new InferenceOptions(), events, cancellationToken);
        HtmlPage.Write(
            html,
            "Cross-validation report",
            validation.ModelName,
            [
                new PageSection("overview", "Overview", page => WriteOverview(page, validation)),
                new PageSection("rois", "Dice by ROI and fold", page => WriteRois(page, validation)),
                new PageSection("folds", "Folds", page => WriteFolds(page, validation)),
                .. gallery is null ? Array.Empty<PageSection>() :
                [
                    new PageSection("pooled", "All held-out slices, pooled", page => GallerySection.WriteScores(page, gallery.Rois)),
                    new PageSection("pictures", "Held-out slices", page => GallerySection.WritePictures(page, gallery, [.. validation.Rois.Select(roi => roi.Name)])),
                ],
            ]);
    }

    private static void WriteOverview(HtmlWriter page, CrossValidationResult validation)
    {
        HtmlFigures.Write(
            page,
            (validation.Dice.ToString("0.000", CultureInfo.InvariantCulture), "mean Dice of the folds"),
            (validation.Deviation?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–", "standard deviation"),
            (HtmlFigures.Count(validation.Folds.Count), "folds"),
            (HtmlFigures.Count(validation.Folds.Sum(fold => fold.ValidationSlices)), "held-out slices"));
        page.Element("p", "Each fold's model was scored on the patients that it was not trained on. The standard deviation is that of the folds: it shows how much the result depends on the split, and is no interval for new patients.", ("class", "soft"));
    }

    private static void WriteRois(HtmlWriter page, CrossValidationResult validation)
    {
        HtmlTable.Open(page, "Dice of each ROI in each fold", ["ROI", .. validation.Folds.Select(fold => FormattableString.Invariant($"Fold {fold.Fold}")), "Mean", "Standard deviation", "Pooled"]);
        for (int i = 0; i < validation.Rois.Count; i++)
        {
            FoldSummary roi = validation.Rois[i];
            RoiScore[] scores = [.. validation.Folds.Select(fold => fold.Rois[i])];
            RoiScore[] known = [.. scores.Where(score => double.IsFinite(score.Dice))];
            int slices = known.Sum(score => score.Slices);
            page.Open("tr");
            page.Open("td");
            RoiMark.Write(page, i + 1, roi.Name);
            page.Close();
            Array.ForEach(scores, score => HtmlTable.Number(page, score.Dice, "0.000"));
            HtmlTable.Number(page, roi.Dice, "0.000");
            HtmlTable.Number(page, roi.Deviation, "0.000");
            HtmlTable.Number(page, slices > 0 ? known.Sum(score => score.Dice * score.Slices) / slices : null, "0.000");
            page.Close();
        }

        HtmlTable.Close(page);
        page.Element("p", "Mean and standard deviation are those of the folds; pooled is the mean over all held-out slices with the ROI.", ("class", "soft"));
    }

    private static void WriteFolds(HtmlWriter page, CrossValidationResult validation)
    {
        HtmlTable.Open(page, "Folds", ["Fold", "Dice", "Epoch", "Training slices", "Held-out slices", "Model"]);
        foreach (FoldScore fold in validation.Folds)
        {
            page.Open("tr");
            HtmlTable.Number(page, fold.Fold, "0");
            HtmlTable.Number(page, fold.Dice, "0.000");
            HtmlTable.Number(page, fold.Epoch, "N0");
            HtmlTable.Number(page, fold.TrainingSlices, "N0");
            HtmlTable.Number(page, fold.ValidationSlices, "N0");
            page.Element("td", Path.GetFileName(fold.ModelPath));
            page.Close();
        }

        HtmlTable.Close(page);
    }
}
