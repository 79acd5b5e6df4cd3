using System.Globalization;
using System.Net;
using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Writes the results of an inspection as a single HTML page, with a picture of each flagged sample.</summary>
public static class InspectionPage
{
    /// <summary>The largest number of pictures, so that a browser can still open the page.</summary>
    public const int MostPictures = 500;

    private const int PictureSide = 176;
    private const double Opacity = 0.45;
    private const int PictureQuality = 88;

    private const string Script =
        """
        <script>
        document.querySelectorAll('.filter button').forEach(button => button.addEventListener('click', () => {
          document.querySelectorAll('.filter button').forEach(b => b.setAttribute('aria-pressed', b === button));
          document.querySelectorAll('article').forEach(a => a.hidden = button.dataset.code !== '' && !a.dataset.codes.split(' ').includes(button.dataset.code));
        }));
        </script>
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="inspection">The results of its inspection.</param>
    public static void Write(Stream html, Dataset dataset, DatasetInspection inspection)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(inspection);
        using var writer = new StreamWriter(html, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">");
        writer.WriteLine("<title>Label inspection</title>\n<style>");
        writer.Write(StyleSheet());
        writer.WriteLine("</style>\n</head>\n<body>");
        WriteHead(writer, dataset, inspection);
        WriteRois(writer, inspection);
        WriteSetProblems(writer, dataset, inspection);
        WriteSamples(writer, dataset, inspection);
        writer.WriteLine(Script);
        writer.WriteLine("</body>\n</html>");
    }

    private static void WriteHead(StreamWriter writer, Dataset dataset, DatasetInspection inspection)
    {
        writer.WriteLine("<h1>Label inspection</h1>");
        writer.WriteLine($"<p class=\"soft path\">{Text(FolderNames.Last(dataset.LabelPath))}</p>");
        writer.WriteLine("<div class=\"figures\">");
        Figure("samples", inspection.Reports.Count);
        Figure("patients", inspection.Patients);
        Figure("cannot be used", inspection.Invalid);
        Figure("suspect", inspection.Suspect);
        Figure("only unusual", inspection.Reports.Count(r => r is { IsValid: true, IsSuspect: false, Problems.Count: > 0 }));
        writer.WriteLine("</div>");
        writer.WriteLine("<p class=\"soft\">Findings come from comparing the samples with each other. They are hints: only a person can judge the anatomy.</p>");

        void Figure(string what, int count) => writer.WriteLine($"<div><b>{Number(count)}</b>{what}</div>");
    }

    private static void WriteRois(StreamWriter writer, DatasetInspection inspection)
    {
        writer.WriteLine("<h2>ROIs</h2>\n<table>\n<tr><th>ROI</th><th>Slices</th><th>Share</th><th>Patients</th><th>Median pixels</th><th>Median area, mm²</th></tr>");
        for (int i = 0; i < inspection.Rois.Count; i++)
        {
            RoiSummary roi = inspection.Rois[i];
            RgbColor color = RoiPalette.ColorOf(i + 1);
            string share = roi.Share.ToString("P0", CultureInfo.InvariantCulture);
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"<tr><td><span class=\"swatch\" style=\"background:#{color.Red:x2}{color.Green:x2}{color.Blue:x2}\"></span>{i + 1} {Text(roi.Name)}</td><td>{Number(roi.Slices)}</td><td>{share}<span class=\"bar\"><i style=\"width:{100 * roi.Share:0.#}%\"></i></span></td><td>{Number(roi.Patients)}</td><td>{roi.MedianPixels:N0}</td><td>{(roi.MedianArea is { } area ? area.ToString("N0", CultureInfo.InvariantCulture) : "–")}</td></tr>"));
        }

        writer.WriteLine("</table>");
    }

    private static void WriteSetProblems(StreamWriter writer, Dataset dataset, DatasetInspection inspection)
    {
        if (inspection.Problems.Count > 0)
        {
            writer.WriteLine("<h2>The set as a whole</h2>\n<ul>");
            foreach (LabelProblem problem in inspection.Problems)
            {
                writer.WriteLine($"<li>{Describe(problem with { Message = FolderNames.Remove(problem.Message, dataset) })}</li>");
            }

            writer.WriteLine("</ul>");
        }
    }

    private static void WriteSamples(StreamWriter writer, Dataset dataset, DatasetInspection inspection)
    {
        // The worst first; within a severity, in the order of names.
        (Sample Sample, LabelReport Report)[] flagged = [.. dataset.Samples.Zip(inspection.Reports).Where(pair => pair.Second.Problems.Count > 0).OrderByDescending(pair => pair.Second.Problems.Max(p => p.Severity))];
        writer.WriteLine("<h2>Samples</h2>");
        if (flagged.Length == 0)
        {
            writer.WriteLine("<p>No problems found in any sample.</p>");
            return;
        }

        writer.WriteLine($"<div class=\"filter\"><button data-code=\"\" aria-pressed=\"true\">All {Number(flagged.Length)}</button>");
        foreach (IGrouping<string, LabelReport> code in flagged.SelectMany(pair => pair.Report.Problems.Select(p => p.Code).Distinct().Select(c => (c, pair.Report))).GroupBy(c => c.c, c => c.Report).OrderByDescending(g => g.Count()))
        {
            writer.WriteLine($"<button data-code=\"{Text(code.Key)}\" aria-pressed=\"false\">{Text(code.Key)} {Number(code.Count())}</button>");
        }

        writer.WriteLine("</div>");
        if (flagged.Length > MostPictures)
        {
            writer.WriteLine($"<p class=\"soft\">The first {Number(MostPictures)} are shown with a picture.</p>");
        }

        writer.WriteLine("<div class=\"cards\">");
        for (int i = 0; i < flagged.Length; i++)
        {
            WriteCard(writer, flagged[i].Sample, flagged[i].Report, dataset, hasPicture: i < MostPictures);
        }

        writer.WriteLine("</div>");
    }

    private static void WriteCard(StreamWriter writer, Sample sample, LabelReport report, Dataset dataset, bool hasPicture)
    {
        writer.WriteLine($"<article data-codes=\"{Text(string.Join(' ', report.Problems.Select(p => p.Code).Distinct()))}\">");
        if (hasPicture && sample.IsUsable)
        {
            writer.WriteLine($"<img alt=\"Slice with its ROIs\" loading=\"lazy\" src=\"data:image/jpeg;base64,{Picture(sample, dataset.InputSize)}\">");
        }

        writer.WriteLine($"<div><h3>{Text(report.Name)}</h3><p class=\"soft path\">{Text(FolderNames.Remove(report.Path, dataset))}</p><ul>");
        foreach (LabelProblem problem in report.Problems)
        {
            writer.WriteLine($"<li>{Describe(problem with { Message = FolderNames.Remove(WithoutPath(problem.Message, sample), dataset) })}</li>");
        }

        writer.WriteLine("</ul></div></article>");
    }

    private static string Picture(Sample sample, int size)
    {
        using RentedSlice pixels = sample.Pixels!.Open();
        using SKBitmap bitmap = SliceOverlay.WithRois(new PreviewTile(sample.Name, size, pixels.FirstChannel(), pixels.Roi), Math.Max(1, (PictureSide + size - 1) / size), Opacity);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, PictureQuality);
        return Convert.ToBase64String(data.AsSpan());
    }

    // The card already shows the file.
    private static string WithoutPath(string message, Sample sample)
    {
        string? path = new[] { sample.LabelPath, sample.ImagePath }.FirstOrDefault(p => p is not null && message.StartsWith($"{p}: ", StringComparison.Ordinal));
        return path is null ? message : message[(path.Length + 2)..];
    }

    private static string Describe(LabelProblem problem) =>
        $"<span class=\"code {problem.Severity}\">{Text(problem.Code)}</span> {Text(problem.Text)}";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string StyleSheet()
    {
        using Stream stream = typeof(InspectionPage).Assembly.GetManifestResourceStream("MedSeg.Reports.InspectionPage.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
