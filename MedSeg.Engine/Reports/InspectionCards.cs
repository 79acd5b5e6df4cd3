using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Labels;
using MedSeg.Reports.Html;

namespace MedSeg.Reports;

/// <summary>Writes the samples that an inspection flagged, each with its picture and findings.</summary>
internal static class InspectionCards
{
    /// <summary>Writes the cards and the buttons that filter them.</summary>
    /// <param name="page">The page.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="flagged">The samples, the worst first.</param>
    /// <param name="picture">Draws.</param>
    /// <param name="cancellationToken">Stops before the next picture.</param>
    public static void Write(HtmlWriter page, Dataset dataset, (Sample Sample, LabelReport Report)[] flagged, SlicePicture picture, CancellationToken cancellationToken)
    {
        if (flagged.Length == 0)
        {
            page.Element("p", "No problems found in any sample.");
            return;
        }

        WriteFilter(page, flagged);
        if (flagged.Length > InspectionPage.MostPictures)
        {
            page.Element("p", string.Create(CultureInfo.InvariantCulture, $"The first {InspectionPage.MostPictures:N0} are shown with a picture."), ("class", "note"));
        }

        page.Open("div", ("class", "cards"));
        for (int i = 0; i < flagged.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteCard(page, dataset, flagged[i].Sample, flagged[i].Report, i < InspectionPage.MostPictures ? picture : null);
        }

        page.Close();
    }

    /// <summary>Writes a list of problems.</summary>
    /// <param name="page">The page.</param>
    /// <param name="problems">The problems.</param>
    public static void WriteProblems(HtmlWriter page, IEnumerable<LabelProblem> problems)
    {
        page.Open("ul");
        foreach (LabelProblem problem in problems)
        {
            page.Open("li");
            page.Element("span", problem.Code, ("class", $"code {problem.Severity}"));
            page.Text(" " + problem.Text);
            page.Close();
        }

        page.Close();
    }

    private static void WriteFilter(HtmlWriter page, (Sample Sample, LabelReport Report)[] flagged)
    {
        page.Open("div", ("class", "filter"));
        Button(string.Empty, "All", flagged.Length, isPressed: true);
        foreach (IGrouping<string, string> code in flagged.SelectMany(pair => pair.Report.Problems.Select(p => p.Code).Distinct()).GroupBy(code => code).OrderByDescending(group => group.Count()))
        {
            Button(code.Key, code.Key, code.Count(), isPressed: false);
        }

        page.Close();

        void Button(string code, string text, int count, bool isPressed) =>
            page.Element("button", string.Create(CultureInfo.InvariantCulture, $"{text} {count:N0}"), ("type", "button"), ("data-code", code), ("aria-pressed", isPressed ? "true" : "false"));
    }

    private static void WriteCard(HtmlWriter page, Dataset dataset, Sample sample, LabelReport report, SlicePicture? picture)
    {
        page.Open("article", ("data-codes", string.Join(' ', report.Problems.Select(p => p.Code).Distinct())));
        if (picture is not null && sample.IsUsable)
        {
            (string jpeg, (int Width, int Height) size) = InspectionPage.Draw(sample, dataset.InputSize, picture);
            page.Picture(jpeg, size, $"Slice {sample.Name} with its ROIs");
        }

        page.Open("div");
        page.Element("h3", report.Name);
        page.Element("p", FolderNames.Remove(report.Path, dataset), ("class", "soft path"));
        WriteProblems(page, report.Problems.Select(problem => FolderNames.Remove(problem with { Message = WithoutPath(problem.Message, sample) }, dataset)));
        page.Close();
        page.Close();
    }

    // The card already shows the file.
    private static string WithoutPath(string message, Sample sample)
    {
        string? path = new[] { sample.LabelPath, sample.ImagePath }.FirstOrDefault(p => p is not null && message.StartsWith($"{p}: ", StringComparison.Ordinal));
        return path is null ? message : message[(path.Length + 2)..];
    }
}
