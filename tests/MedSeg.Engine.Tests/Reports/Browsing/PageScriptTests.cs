using System.Text;
using MedSeg.Inference;
using MedSeg.Reports;
using MedSeg.Reports.Review;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Reports.Browsing;

/// <summary>What a reader does on a page, in a browser: sort, filter, accept, reject, comment, and save.</summary>
public sealed class PageScriptTests : IDisposable
{
    private const string Comment = "=1+1, \"ü\"";

    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tables_are_sorted_by_number_and_by_name_and_unknown_values_stay_last()
    {
        await using Browser browser = await OpenAsync(slices => slices[1] = slices[1] with { Confidence = null });

        Assert.Equal(["s1 s2 s3 s10"], await RowsAsync(browser));
        await ClickHeadAsync(browser, "Slice");
        Assert.Equal(["s1 s2 s3 s10"], await RowsAsync(browser));
        await ClickHeadAsync(browser, "Slice");
        Assert.Equal(["s10 s3 s2 s1", "descending"], [.. await RowsAsync(browser), await SortOfAsync(browser, "Slice")]);
        await ClickHeadAsync(browser, "Outer");
        Assert.Equal(["s1 s2 s3 s10", "ascending", ""], [.. await RowsAsync(browser), await SortOfAsync(browser, "Outer"), await SortOfAsync(browser, "Slice")]);
        await ClickHeadAsync(browser, "Confidence");
        Assert.EndsWith("s2", Assert.Single(await RowsAsync(browser)), StringComparison.Ordinal);
        await ClickHeadAsync(browser, "Confidence");
        Assert.EndsWith("s2", Assert.Single(await RowsAsync(browser)), StringComparison.Ordinal);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Filters_apply_to_cards_and_to_the_table()
    {
        await using Browser browser = await OpenAsync(slices => slices[2] = slices[2] with { Flags = SliceFlags.TouchesBorder });

        await FilterAsync(browser, "text", "S1");
        Assert.Equal(("s1 s10", "s1 s10", "2 of 4 shown, 0 accepted, 0 rejected, 4 undecided"), await ShownAsync(browser));
        await FilterAsync(browser, "text", "");
        await FilterAsync(browser, "flag", "TouchesBorder");
        Assert.Equal(("s3", "s3"), await ShownNamesAsync(browser));
        await FilterAsync(browser, "flag", "any");
        Assert.Equal(("s3", "s3"), await ShownNamesAsync(browser));
        await FilterAsync(browser, "flag", "");
        await DecideAsync(browser, "s2", "Reject");
        await FilterAsync(browser, "decision", "Reject");
        Assert.Equal(("s2", "s2"), await ShownNamesAsync(browser));
        await FilterAsync(browser, "decision", "undecided");
        Assert.Equal(("s3 s1 s10", "s3 s1 s10"), await ShownNamesAsync(browser));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Decisions_and_comments_are_kept_and_saved_as_a_CSV_that_is_read_again()
    {
        await using Browser browser = await OpenAsync();

        await DecideAsync(browser, "s2", "Reject");
        await browser.RunAsync($"const input = document.querySelector('.card[data-name=s2] input[type=text]'); input.value = {System.Text.Json.JsonSerializer.Serialize(Comment)}; input.dispatchEvent(new Event('input', {{ bubbles: true }}))");
        await FilterAsync(browser, "text", "s1");
        await browser.RunAsync("document.querySelector('[data-accept]').click()");
        Assert.Equal("4 of 4 shown, 2 accepted, 1 rejected, 1 undecided", await StatusAfterReloadAsync(browser));
        await browser.RunAsync("document.querySelector('[data-save]').click()");
        byte[] csv = await browser.DownloadAsync("review.csv");

        Assert.StartsWith("\uFEFFName,Series,Frame,Image,Mask,Decision,Comment,Axis,Channels\r\ns1,s1,1,scans/s1.dcm,masks/s1.png,Accept,,,\r\ns2,s1,1,scans/s2.dcm,masks/s2.png,Reject,\"'=1+1, \"\"ü\"\"\",,\r\n", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
        File.WriteAllBytes(_folder.PathOf("review.csv"), csv);
        IReadOnlyList<ReviewedSlice> slices = ReviewFile.Read(_folder.PathOf("review.csv"));
        Assert.Equal(["s1 Accept", "s2 Reject", "s3 Undecided", "s10 Accept"], slices.Select(slice => $"{slice.Name} {slice.Decision}"));
        Assert.Equal(Comment, slices[1].Comment);
        Assert.All(slices, slice => Assert.True(File.Exists(slice.ImagePath) && File.Exists(slice.MaskPath)));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Keys_decide_on_the_slice_that_has_the_focus_and_letters_in_comments_do_not()
    {
        await using Browser browser = await OpenAsync();

        await browser.RunAsync("document.querySelector('.card').focus()");
        foreach (string key in (string[])["a", "j", "r", "j", "a", "u", "k", "c", "a"])
        {
            await browser.PressAsync(key);
        }

        Assert.Equal(["Accept", "Reject", "", ""], await browser.EvaluateAsync<string[]>("[...document.querySelectorAll('.card')].map(card => card.dataset.decision)"));
        Assert.Equal("a", await browser.EvaluateAsync<string>("document.activeElement.value"));
        Assert.Equal("s2", await browser.EvaluateAsync<string>("document.activeElement.closest('.card').dataset.name"));
        Assert.Equal("Reject", await browser.EvaluateAsync<string>("[...document.querySelectorAll('tr[data-row]')][1].querySelector('[data-decided]').textContent"));
    }

    private string Page => _folder.PathOf("page.html");

    // Chromium may give the page a new process, which reads what the old one stored a moment later.
    private async Task<string> StatusAfterReloadAsync(Browser browser)
    {
        string status = string.Empty;
        for (int attempt = 0; attempt < 20 && !status.Contains("1 rejected", StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(100 * attempt, TestContext.Current.CancellationToken);
            await browser.GoAsync(Page);
            status = (await ShownAsync(browser)).Status;
        }

        return status;
    }

    private async Task<Browser> OpenAsync(Action<List<SegmentedSlice>>? change = null)
    {
        int number = 0;
        foreach (string name in (string[])["s1", "s2", "s3", "s10"])
        {
            _folder.Add(name, ++number);
        }

        List<SegmentedSlice> slices = _folder.Run();
        change?.Invoke(slices);
        using (FileStream html = File.Create(Page))
        {
            SegmentationPage.Write(html, slices, _folder.Root, cancellationToken: TestContext.Current.CancellationToken);
        }

        return await Browser.OpenAsync(Page);
    }

    private static async Task<string[]> RowsAsync(Browser browser) =>
        [await browser.EvaluateAsync<string>("[...document.querySelectorAll('tr[data-row]')].map(row => row.cells[0].textContent).join(' ')")];

    private static Task ClickHeadAsync(Browser browser, string title) => browser.RunAsync($"[...document.querySelectorAll('section[aria-labelledby=table] th button')].find(button => button.textContent === '{title}').click()");

    private static async Task<string> SortOfAsync(Browser browser, string title) =>
        await browser.EvaluateAsync<string>($"[...document.querySelectorAll('section[aria-labelledby=table] th')].find(head => head.textContent === '{title}').getAttribute('aria-sort') || ''");

    private static Task FilterAsync(Browser browser, string filter, string value) =>
        browser.RunAsync($"const input = document.querySelector('[data-filter={filter}]'); input.value = '{value}'; input.dispatchEvent(new Event('input', {{ bubbles: true }}))");

    private static Task DecideAsync(Browser browser, string name, string decision) =>
        browser.RunAsync($"document.querySelector('.card[data-name={name}] input[value={decision}]').click()");

    private static async Task<(string Cards, string Rows)> ShownNamesAsync(Browser browser) => await ShownAsync(browser) is var (cards, rows, _) ? (cards, rows) : default;

    private static async Task<(string Cards, string Rows, string Status)> ShownAsync(Browser browser) =>
    (
        await browser.EvaluateAsync<string>("[...document.querySelectorAll('.card')].filter(card => card.offsetParent).map(card => card.dataset.name).join(' ')"),
        await browser.EvaluateAsync<string>("[...document.querySelectorAll('tr[data-row]')].filter(row => row.offsetParent).map(row => row.cells[0].textContent).join(' ')"),
        await browser.EvaluateAsync<string>("document.querySelector('[data-status]').textContent"));
}
