using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using SkiaSharp;

namespace MedSeg.Tests.Reports.Browsing;

/// <summary>The page with NiiVue in a browser: from a file, without network, with WebGL 2 on the CPU.</summary>
public sealed partial class ViewerTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_build_has_NiiVue_or_says_what_is_missing()
    {
        if (NiiVue.IsIncluded)
        {
            NiiVue.Require();
            return;
        }

        MedSegException error = Assert.Throws<MedSegException>(NiiVue.Require);
        Assert.Equal(ErrorIds.NiiVueMissing, error.ErrorId);
        Assert.Contains("-p:NiiVue=true", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_the_licence_and_its_policy_lets_nothing_else_run()
    {
        string page = WritePage(2);

        string html = File.ReadAllText(page);
        Assert.Contains("BSD 2-Clause License", html, StringComparison.Ordinal);
        Assert.Equal(3, ScriptPattern().Count(html));
        Assert.Equal(3, DigestPattern().Count(html));
        Assert.DoesNotMatch("<script [^>]*src|<link|<iframe", html);
    }

    [Fact]
    public async Task The_reader_scrolls_and_changes_brightness_and_opacity()
    {
        string page = WritePage(4);
        await using Browser browser = await Browser.OpenAsync(page, 1280, 1000);
        await browser.WaitAsync("document.querySelector('[data-viewer]').dataset.ready === '0'");
        Assert.Equal("3 of 4: s3", await NameAsync(browser));
        await browser.RunAsync("document.querySelector('.viewport').scrollIntoView({ block: 'center' })");

        // The centre is within the square of ROI 2, the brightest pixels.
        await SetAsync(browser, "[data-viewer-opacity=\"2\"]", 100);
        Assert.Equal(RoiPalette.ColorOf(2), await CentreAsync(browser, "opaque"));
        await SetAsync(browser, "[data-viewer-opacity=\"2\"]", 0);
        Assert.Equal(new RgbColor(255, 255, 255), await CentreAsync(browser, "transparent"));
        await SetAsync(browser, "[data-viewer-level]", 180);
        await SetAsync(browser, "[data-viewer-width]", 160);
        RgbColor grey = await CentreAsync(browser, "window");
        Assert.InRange(grey.Red, 150, 165);
        Assert.Equal((grey.Red, grey.Red), (grey.Green, grey.Blue));
        await browser.RunAsync("document.querySelector('[data-viewer-reset]').click()");
        Assert.Equal(new RgbColor(255, 255, 255), await CentreAsync(browser, "reset"));

        await SetAsync(browser, "[data-viewer-slice]", 1);
        Assert.Equal("1 of 4: s1", await NameAsync(browser));
        byte[] first = await browser.ScreenshotAsync("viewer slice 1");
        await SetAsync(browser, "[data-viewer-slice]", 4);
        Assert.NotEqual(first, await browser.ScreenshotAsync("viewer slice 4"));
        await browser.ResizeAsync(390, 900);
        await browser.ScreenshotAsync("viewer 390");
        await AxeCore.RequireAccessibleAsync(browser);
        Assert.True(await browser.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 390);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Each_series_is_shown_in_the_plane_of_its_slices()
    {
        for (int number = 1; number <= 3; number++)
        {
            _folder.Add($"a{number}", number, seriesUid: "1.2.3");
            _folder.Add($"b{number}", number, position: [30 - (4 * number), -20, 40], orientation: [0, 1, 0, 0, 0, -1], seriesUid: "1.2.4");
        }

        await using Browser browser = await Browser.OpenAsync(Write(_folder.Run()));
        await browser.WaitAsync("document.querySelector('[data-viewer]').dataset.ready === '0'");
        Assert.Equal(["2", "0"], await browser.EvaluateAsync<string[]>("[...document.querySelectorAll('[data-volume]')].map(volume => volume.dataset.axis)"));
        await browser.RunAsync("const scan = document.querySelector('[data-viewer-scan]'); scan.value = '1'; scan.dispatchEvent(new Event('change'))");
        await browser.WaitAsync("document.querySelector('[data-viewer]').dataset.ready === '1'");

        await browser.RunAsync("document.querySelector('.viewport').scrollIntoView({ block: 'center' })");
        await SetAsync(browser, "[data-viewer-opacity=\"2\"]", 100);
        Assert.Equal(RoiPalette.ColorOf(2), await CentreAsync(browser, "sagittal"));
        Assert.Empty(browser.Errors);
    }

    private string WritePage(int count)
    {
        for (int number = 1; number <= count; number++)
        {
            _folder.Add($"s{number}", number);
        }

        return Write(_folder.Run());
    }

    private string Write(List<SegmentedSlice> slices)
    {
        Assert.SkipUnless(NiiVue.IsIncluded, "This build does not contain NiiVue (dotnet build -p:NiiVue=true).");
        string path = _folder.PathOf("viewer.html");
        using FileStream html = File.Create(path);
        SegmentationPage.Write(html, slices, _folder.Root, isInteractive: true, cancellationToken: TestContext.Current.CancellationToken);
        return path;
    }

    private static Task SetAsync(Browser browser, string selector, int value) =>
        browser.RunAsync($"const input = document.querySelector('{selector}'); input.value = {value}; input.dispatchEvent(new Event('input'))");

    private static Task<string> NameAsync(Browser browser) => browser.EvaluateAsync<string>("document.querySelector('[data-viewer-name]').textContent");

    private static async Task<RgbColor> CentreAsync(Browser browser, string name)
    {
        double[] centre = await browser.EvaluateAsync<double[]>("(() => { const box = document.querySelector('canvas').getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()");
        using SKBitmap picture = SKBitmap.Decode(await browser.ScreenshotAsync("viewer " + name));
        SKColor color = picture.GetPixel((int)centre[0], (int)centre[1]);
        return new RgbColor(color.Red, color.Green, color.Blue);
    }

    [GeneratedRegex("<script>")]
    private static partial Regex ScriptPattern();

    [GeneratedRegex("sha256-")]
    private static partial Regex DigestPattern();
}
