using MedSeg.Evaluation;
using MedSeg.Reports.Html;

namespace MedSeg.Reports;

/// <summary>Writes what an author copies: a paragraph, items of CLAIM, and the commands that repeat the run.</summary>
internal static class MethodsSection
{
    /// <summary>Writes the paragraph and the items.</summary>
    /// <param name="page">The page.</param>
    /// <param name="run">The run.</param>
    /// <param name="rois">The scores on held-out slices; null if they were not computed.</param>
    public static void Write(HtmlWriter page, RunRecord run, IReadOnlyList<ModelScore>? rois)
    {
        page.Element("p", "A draft with the numbers of this run. Add what only you know: scanner and sequence, who drew the labels and how, and ethics.", ("class", "soft"));
        page.Element("div", MethodsText.Of(run, rois), ("class", "methods"), ("id", "methods-text"));
        Copy(page, "methods-text", "Copy the paragraph");
        page.Element("h3", "CLAIM checklist");
        page.Element("p", "Items of the Checklist for Artificial Intelligence in Medical Imaging (Mongan et al. 2020, Radiology: Artificial Intelligence 2(2): e200029) that the run answers, by their numbers. The other items are about your study.", ("class", "soft"));
        page.Open("div", ("id", "claim-items"));
        HtmlTable.Open(page, "CLAIM items", ["Item", "Asks for", "Answer"], isSortable: false);
        foreach ((int number, string item, string answer) in ClaimItems.Of(run, rois))
        {
            page.Open("tr");
            page.Element("td", number);
            page.Element("td", item);
            page.Element("td", answer, ("class", "answer"));
            page.Close();
        }

        HtmlTable.Close(page);
        page.Close();
        Copy(page, "claim-items", "Copy the items");
    }

    /// <summary>Writes the commands.</summary>
    /// <param name="page">The page.</param>
    /// <param name="run">The run.</param>
    public static void WriteRepeat(HtmlWriter page, RunRecord run)
    {
        page.Element("p", "Fill in the folders in angle brackets: the files of a run do not name them. The same options, data and version give the same model on the same kind of device. -Recurse, -LabelMap and the like of the import, and -InitialModel, are not in the files of a run: add them if you used them.", ("class", "soft"));
        page.Element("pre", RepeatCommand.Of(run), ("id", "repeat-text"), ("tabindex", "0"));
        Copy(page, "repeat-text", "Copy the commands");
    }

    private static void Copy(HtmlWriter page, string id, string text) =>
        page.Element("button", text, ("type", "button"), ("class", "copy"), ("data-copy", id));
}
