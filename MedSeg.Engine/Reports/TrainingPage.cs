using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Reports.Html;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Writes a training run as a single HTML page.</summary>
public static class TrainingPage
{
    private const int PlotWidth = 1600;
    private const int PlotHeight = 700;
    private const double Megabyte = 1024 * 1024;

    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="modelPath">The absolute path of the model or checkpoint; the log next to it is read, too.</param>
    /// <param name="dataset">The data set of the training, for scores and pictures of held-out slices; null to leave them out.</param>
    /// <param name="foldPath">The absolute path of the fold file of the training; null if there was none.</param>
    /// <param name="options">How to segment held-out slices; null for the defaults.</param>
    /// <param name="events">Receives progress and warnings, or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <exception cref="MedSegException">
    /// The model cannot be read or MedSeg did not train it (<c>ModelWithoutOptions</c>); or the data set does not fit it
    /// (<c>DatasetMismatch</c>, <c>HeldOutUnknown</c>).
    /// </exception>
    public static void Write(
        Stream html, string modelPath, Dataset? dataset = null, string? foldPath = null, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        var run = RunRecord.Read(modelPath);
        HeldOutGallery? gallery = dataset is null ? null : HeldOutGallery.Of(dataset, modelPath, foldPath, options ?? new InferenceOptions(), events, cancellationToken);
        if (dataset is not null && gallery is null)
        {
            events?.Warning?.Invoke($"{modelPath}: The model was trained on every slice of the data set, so the report has no held-out slices.");
        }

        HtmlPage.Write(
            html,
            "Training report",
            run.Name,
            [
                new PageSection("overview", "Overview", page => WriteOverview(page, run)),
                .. run.History.Count > 0 ? [new PageSection("curves", "Curves", page => WriteCurves(page, run))] : Array.Empty<PageSection>(),
                .. run.Validated is null ? Array.Empty<PageSection>() : [new PageSection("scores", "Validation by ROI", page => WriteValidation(page, run))],
                .. gallery is null ? Array.Empty<PageSection>() :
                [
                    new PageSection("heldout", "Scores on held-out slices", page => GallerySection.WriteScores(page, gallery.Rois)),
                    new PageSection("pictures", "Held-out slices", page => GallerySection.WritePictures(page, gallery, run.Model.Description.LabelNames)),
                ],
                new PageSection("data", "Data", page => WriteData(page, run)),
                new PageSection("options", "Options", page => WriteOptions(page, run.Training.Options)),
                new PageSection("machine", "Time, memory and versions", page => WriteMachine(page, run)),
                new PageSection("methods", "For the methods section", page => MethodsSection.Write(page, run, gallery?.Rois)),
                new PageSection("repeat", "Repeat the run", page => MethodsSection.WriteRepeat(page, run)),
            ]);
    }

    private static void WriteOverview(HtmlWriter page, RunRecord run)
    {
        HtmlFigures.Write(
            page,
            (run.Validated?.ValidationDice?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–", "validation Dice"),
            (string.Create(CultureInfo.InvariantCulture, $"{run.Model.Epoch} / {run.Training.Options.Epochs}"), "epochs"),
            (HtmlFigures.Count(run.Training.TrainingSlices), "training slices"),
            (HtmlFigures.Count(run.Training.ValidationSlices), "held-out slices"),
            (Duration(run.History.Sum(record => record.Seconds)), "training time"));
        page.Element("p", MethodsText.Network(run));
    }

    private static void WriteCurves(HtmlWriter page, RunRecord run)
    {
        using var png = new MemoryStream();
        HistoryPlot.Write(png, run.History, new HistoryPlotOptions { Width = PlotWidth, Height = PlotHeight });
        EpochRecord last = run.History[^1];
        page.Open("figure");
        page.Plot(Convert.ToBase64String(png.ToArray()), (PlotWidth, PlotHeight), string.Create(CultureInfo.InvariantCulture, $"Learning curves: loss {run.History[0].Loss:0.000} in epoch {run.History[0].Epoch} and {last.Loss:0.000} in epoch {last.Epoch}; Dice scores by epoch. The table has the numbers."));
        page.Element("figcaption", run.History.Count > run.Training.History.Count
            ? string.Create(CultureInfo.InvariantCulture, $"The model has the weights of epoch {run.Model.Epoch}; the epochs after it were not better.")
            : "Training loss, and Dice scores of training and validation.");
        page.Close();
        EpochRecord[] shown = run.History.Any(record => record.ValidationDice is not null) ? [.. run.History.Where(record => record.ValidationDice is not null)] : [.. run.History];
        page.Open("details");
        page.Element("summary", string.Create(CultureInfo.InvariantCulture, $"{shown.Length} {(shown.Length == run.History.Count ? "epochs" : "validated epochs")} as a table"));
        HtmlTable.Open(page, "Epochs", ["Epoch", "Loss", "Dice", "Validation Dice", "Learning rate", "Slices per second", "Seconds"]);
        foreach (EpochRecord record in shown)
        {
            page.Open("tr");
            HtmlTable.Number(page, record.Epoch, "0");
            HtmlTable.Number(page, record.Loss, "0.0000");
            HtmlTable.Number(page, record.Dice, "0.0000");
            HtmlTable.Number(page, record.ValidationDice, "0.0000");
            HtmlTable.Number(page, record.LearningRate, "0.#######");
            HtmlTable.Number(page, record.SlicesPerSecond, "0.0");
            HtmlTable.Number(page, record.Seconds, "0.0");
            page.Close();
        }

        HtmlTable.Close(page);
        page.Close();
    }

    private static void WriteValidation(HtmlWriter page, RunRecord run)
    {
        EpochRecord record = run.Validated!;
        string size = run.Training.Options.FastValidation ? " Masks were compared at the size of the network's input (-FastValidation)." : string.Empty;
        page.Element("p", string.Create(CultureInfo.InvariantCulture, $"The last validation of the model, after epoch {record.Epoch}.{size}"), ("class", "soft"));
        HtmlTable.Open(page, "Validation scores", ["ROI", "Dice", "Slices"]);
        for (int i = 0; i < record.ValidationDiceByRoi!.Count; i++)
        {
            RoiScore score = record.ValidationDiceByRoi[i];
            page.Open("tr");
            page.Open("td");
            RoiMark.Write(page, i + 1, score.Name);
            page.Close();
            HtmlTable.Number(page, score.Dice, "0.000");
            HtmlTable.Number(page, score.Slices, "N0");
            page.Close();
        }

        HtmlTable.Close(page);
    }

    private static void WriteData(HtmlWriter page, RunRecord run)
    {
        Preprocessing prepared = run.Model.Description.Preprocessing;
        HtmlTable.WriteFacts(page, "Data and split",
        [
            ("ROIs", string.Join(", ", run.Model.Description.LabelNames)),
            ("Modalities", run.Training.TrainingData is { Modalities.Count: > 0 } data ? string.Join(", ", data.Modalities) : null),
            ("Input", string.Create(CultureInfo.InvariantCulture, $"{prepared.InputSize} × {prepared.InputSize} pixels, {prepared.ResizeMode}{(prepared.PixelSize > 0 ? string.Create(CultureInfo.InvariantCulture, $", {prepared.PixelSize:0.###} mm") : "")}")),
            ("Channels", prepared.Channels.Count > 0 ? string.Join(", ", prepared.Channels.Select(channel => channel.Name)) : null),
            ("Normalization", prepared.Normalization.ToString()),
            ("Label resampling", prepared.LabelResampling.ToString()),
            ("Training slices", run.Training.TrainingSlices),
            ("Held-out slices", run.Training.ValidationSlices),
            ("Split", MethodsText.Split(run)),
        ]);
    }

    private static void WriteOptions(HtmlWriter page, TrainingOptions options)
    {
        var published = new TrainingOptions();
        page.Element("p", "All options of the run. Those that differ from the published ones are bold.", ("class", "soft"));
        HtmlTable.Open(page, "Options", ["Option", "Value", "Published"]);
        foreach (PropertyInfo option in typeof(TrainingOptions).GetProperties().Where(property => property.CanWrite).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            (object? value, object? usual) = (option.GetValue(options), option.GetValue(published));
            page.Open("tr");
            page.Element("td", option.Name);
            page.Open("td");
            page.Element(Equals(value, usual) ? "span" : "b", Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "–");
            page.Close();
            page.Element("td", Convert.ToString(usual, CultureInfo.InvariantCulture) is { Length: > 0 } known ? known : "–", ("class", "soft"));
            page.Close();
        }

        HtmlTable.Close(page);
    }

    private static void WriteMachine(HtmlWriter page, RunRecord run)
    {
        EpochRecord? last = run.Training.History.Count > 0 ? run.Training.History[^1] : null;
        HtmlTable.WriteFacts(page, "Time, memory and versions",
        [
            ("Trained with", run.Model.Software),
            ("File written", run.Model.Written is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm} UTC") : null),
            ("Device", last?.Device),
            ("Seed", run.Training.Options.Seed),
            ("Optimizer steps", run.Training.Steps.ToString("N0", CultureInfo.InvariantCulture)),
            ("Epochs together", Duration(run.History.Sum(record => record.Seconds))),
            ("Slices per second", run.History.Count > 0 ? run.History.Average(record => record.SlicesPerSecond).ToString("0.0", CultureInfo.InvariantCulture) : null),
            ("Peak memory", run.History.Max(record => record.PeakMemory) is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:N0} MB") : null),
            ("Started", run.Started is { } start ? string.Create(CultureInfo.InvariantCulture, $"{start:yyyy-MM-dd HH:mm} UTC") : null),
            ("All sessions together", run.Duration is { } duration ? Duration(duration.TotalSeconds) : null),
            ("Report written with", string.Create(CultureInfo.InvariantCulture, $"MedSeg {typeof(TrainingPage).Assembly.GetName().Version!.ToString(3)}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}")),
        ]);
    }

    private static string Duration(double seconds) => seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");
}
