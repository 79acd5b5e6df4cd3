using MedSeg.Inference;
using MedSeg.Inspection;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Training;

namespace MedSeg.Tests.Reports.Browsing;

/// <summary>The reports as axe-core judges them, in the light and the dark scheme, on a wide and on a narrow screen.</summary>
public sealed class AccessibilityTests(TrainingPageTests.Runs runs) : IClassFixture<TrainingPageTests.Runs>
{
    [Fact]
    public async Task A_segmentation()
    {
        using var folder = new ScanFolder();
        folder.Add("s1", 1);
        folder.Add("s2", 2);
        List<SegmentedSlice> slices = folder.Run();
        slices[1] = slices[1] with { Flags = SliceFlags.TouchesBorder };
        await RequireAsync("segmentation", html => SegmentationPage.Write(html, slices, folder.Root, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public Task A_data_set() => RequireAsync("data set", html =>
        InspectionPage.Write(html, runs.Dataset, DatasetInspector.Inspect(runs.Dataset, cancellationToken: TestContext.Current.CancellationToken), runs.Folder, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public Task A_training_run() => RequireAsync("training", html =>
        TrainingPage.Write(html, runs.Model, runs.Dataset, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public Task A_cross_validation() => RequireAsync("cross-validation", html => CrossValidationPage.Write(
        html,
        new CrossValidationResult
        {
            ModelName = "m",
            OutputPath = "/folds",
            Dice = 0.7,
            Deviation = null,
            Rois = [new FoldSummary("A", 0.7, 0.2828, 2)],
            Folds = [.. new[] { 1, 2 }.Select(number => new FoldScore { Fold = number, Epoch = 4, Dice = 0.5, Rois = [new RoiScore("A", 0.5, 1)], TrainingSlices = 3, ValidationSlices = 3, HeldOut = [], ModelPath = $"/folds/m{number}.safetensors" })],
        },
        cancellationToken: TestContext.Current.CancellationToken));

    private async Task RequireAsync(string name, Action<Stream> write)
    {
        string path = Path.Combine(runs.Folder, name + ".html");
        using (FileStream html = File.Create(path))
        {
            write(html);
        }

        await using Browser browser = await Browser.OpenAsync(path);
        foreach ((int width, string scheme) in new[] { (1280, "light"), (390, "dark") })
        {
            await browser.ResizeAsync(width, 900);
            await browser.PreferAsync(scheme);
            await browser.ScreenshotAsync($"{name} {width} {scheme}");
            await AxeCore.RequireAccessibleAsync(browser);
            Assert.True(await browser.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"The page is wider than {width} pixels.");
        }

        Assert.Empty(browser.Errors);
    }
}
