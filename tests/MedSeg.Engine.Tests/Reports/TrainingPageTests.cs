using System.Text.RegularExpressions;
using System.Xml.Linq;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Reports;

public sealed class TrainingPageTests(TrainingPageTests.Runs runs) : IClassFixture<TrainingPageTests.Runs>
{
    [Fact]
    public void Page_has_the_numbers_of_the_run_and_names_cannot_change_it()
    {
        ReportPage page = Write(dataset: null);

        page.RequireSelfContained();
        Assert.DoesNotContain("<script>x", page.Html, StringComparison.Ordinal);
        Assert.Contains("A<script>x", page.Root.Descendants("section").First(s => Title(s) == "Validation by ROI").Value, StringComparison.Ordinal);
        EpochRecord last = runs.History[^1];
        Assert.Contains(FormattableString.Invariant($"{last.ValidationDice:0.000}"), Section(page, "Overview"), StringComparison.Ordinal);
        Assert.Contains("4 validated epochs as a table", Section(page, "Curves"), StringComparison.Ordinal);
        Assert.Contains("Adam (learning rate 0.003, constant; batch size 2) for up to 7 epochs, with dropout of 0.3.", Section(page, "For the methods section"), StringComparison.Ordinal);
        Assert.Contains("9 slices were used for training and 3 slices (25 % of patients) were held out", Section(page, "Data"), StringComparison.Ordinal);
        Assert.Contains("All sessions together", Section(page, "Time, memory and versions"), StringComparison.Ordinal);
        Assert.DoesNotContain("Held-out slices", page.Root.Descendants("h2").Select(h => h.Value));
        Assert.DoesNotContain(Path.GetFileName(runs.Folder), page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_differ_from_the_published_ones_are_bold_and_in_the_commands()
    {
        ReportPage page = Write(dataset: null);

        string[] bold = [.. page.Root.Descendants("tr").Where(row => row.Descendants("b").Any()).Select(row => $"{row.Elements("td").First().Value} {row.Descendants("b").Single().Value}")];
        Assert.Equal(["BaseWidth 2", "BatchSize 2", "Epochs 7", "LearningRate 0.003", "ReportInterval 2", "Seed 5", "ValidationFraction 0.25"], bold);
        string commands = page.Root.Descendants("pre").Single().Value;
        Assert.Equal(
            """
            $dataset = Import-MedSegDataset -DicomPath <images> -LabelPath <masks> `
                -InputSize 32 `
                -LabelName 'A<script>x', 'It''s', 'C', 'D'
            $dataset | Start-MedSegTraining -OutputPath <folder> `
                -ModelName demo `
            """.ReplaceLineEndings("\n"),
            string.Join('\n', commands.Split('\n')[..5]).Replace("'demo'", "demo", StringComparison.Ordinal));
        Assert.Equal(bold.Select(option => "-" + option), Regex.Matches(commands, @"^    (-\w+ [\d.]+)(?: `)?$", RegexOptions.Multiline).Skip(1).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Worst_and_median_held_out_slices_are_shown_with_their_scores()
    {
        ReportPage page = Write(runs.Dataset);

        page.RequireSelfContained();
        XElement[] figures = [.. page.Root.Descendants("figure").Skip(1)];
        string[] held = [.. runs.Dataset.Samples.Select(s => s.Name).Where(name => Section(page, "Held-out slices").Contains(name, StringComparison.Ordinal))];
        Assert.Equal(3, held.Length);
        Assert.Equal(3, figures.Length);
        double[] dice = [.. figures.Select(f => double.Parse(Regex.Match(f.Value, @": (\d\.\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(dice.Order(), dice);
        Assert.Contains("On the 3 held-out slices of 1 patient, the mean Dice score", Section(page, "For the methods section"), StringComparison.Ordinal);
        Assert.Equal(["9", "20", "21", "22", "23", "24", "25", "26", "28", "29", "37"], page.Root.Descendants("tr").Where(r => r.Elements("td").Any(c => (string?)c.Attribute("class") == "answer")).Select(r => r.Element("td")!.Value));
    }

    [Fact]
    public void Channels_are_in_the_commands_and_the_methods()
    {
        RunRecord run = RunRecord.Read(runs.Model);
        DataDescription data = run.Model.Description.Data;
        RunRecord twoChannels = run with
        {
            Model = run.Model with { Description = run.Model.Description with { Data = data with { Preprocessing = data.Preprocessing with { Channels = [new ImageChannel("water", "_W"), new ImageChannel("fat", "_F")] } } } },
        };

        Assert.Contains("`\n    -Channel 'water=_W', 'fat=_F'\n$dataset", RepeatCommand.Of(twoChannels), StringComparison.Ordinal);
        Assert.DoesNotContain("-Channel", RepeatCommand.Of(run), StringComparison.Ordinal);
        Assert.Contains("with 2 channels (water, fat) were resized", MethodsText.Of(twoChannels, rois: null), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_of_another_run_with_the_same_name_is_not_used()
    {
        string model = runs.Train("twice", new TrainingOptions { Epochs = 1, BaseWidth = 2 });
        Assert.NotNull(RunRecord.Read(model).Started);
        string log = Path.ChangeExtension(model, ".log.jsonl");
        File.Copy(Path.ChangeExtension(runs.Model, ".log.jsonl"), log, overwrite: true);

        RunRecord run = RunRecord.Read(model);

        Assert.Null(run.Started);
        Assert.Single(run.History);
    }

    [Fact]
    public void Model_that_saw_every_slice_is_a_warning()
    {
        var warnings = new List<string>();
        string model = runs.Train("all", new TrainingOptions { Epochs = 1, BaseWidth = 2 });

        var page = ReportPage.Of(html => TrainingPage.Write(html, model, runs.Dataset, events: new EngineEvents { Warning = warnings.Add }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("trained on every slice", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("All 12 slices were used for training; none were held out.", Section(page, "Data"), StringComparison.Ordinal);
        Assert.Contains("No data were held out.", Section(page, "For the methods section"), StringComparison.Ordinal);
    }

    [Fact]
    public void Cross_validation_has_each_fold_the_mean_of_folds_and_the_mean_of_slices()
    {
        FoldScore[] folds = [Fold(1, [new RoiScore("A", 0.5, 1), new RoiScore("B", 0.25, 2)]), Fold(2, [new RoiScore("A", 0.9, 3), new RoiScore("B", double.NaN, 0)])];
        var result = new CrossValidationResult { ModelName = "<b>", OutputPath = "/secret", Dice = 0.7, Deviation = null, Rois = [new FoldSummary("A", 0.7, 0.2828, 2), new FoldSummary("B", 0.25, null, 1)], Folds = folds };

        var page = ReportPage.Of(html => CrossValidationPage.Write(html, result, cancellationToken: TestContext.Current.CancellationToken));

        page.RequireSelfContained();
        Assert.Equal(["A 0.500 0.900 0.700 0.283 0.800", "B 0.250 – 0.250 – 0.250"], page.Root.Descendants("section").First(s => Title(s) == "Dice by ROI and fold").Descendants("tr").Skip(1).Select(row => string.Join(' ', row.Elements("td").Select(c => c.Value.Trim()))));
        Assert.Contains("m2.safetensors", Section(page, "Folds"), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page.Html, StringComparison.Ordinal);

        static FoldScore Fold(int number, RoiScore[] rois) => new() { Fold = number, Epoch = 4, Dice = 0.5, Rois = rois, TrainingSlices = 3, ValidationSlices = 3, HeldOut = [], ModelPath = Path.Combine("/secret", $"m{number}.safetensors") };
    }

    [Fact]
    public void Slices_of_all_folds_are_pooled_each_judged_by_the_model_that_did_not_see_it()
    {
        CrossValidationResult result = new CrossValidation(runs.Dataset, new TrainingOptions { Epochs = 1, BaseWidth = 2, Folds = 3, ReportInterval = 1 }, new RunOptions { OutputPath = Path.Combine(runs.Folder, "cv"), Device = "cpu" }).Run(cancellationToken: TestContext.Current.CancellationToken);

        var page = ReportPage.Of(html => CrossValidationPage.Write(html, result, runs.Dataset, cancellationToken: TestContext.Current.CancellationToken));

        page.RequireSelfContained();
        string[] cells = [.. page.Root.Descendants("section").First(s => Title(s) == "All held-out slices, pooled").Descendants("tr").ElementAt(1).Elements("td").Select(c => c.Value.Trim())];
        double pooled = result.Folds.Sum(fold => fold.Rois[0].Dice * fold.Rois[0].Slices) / result.Folds.Sum(fold => fold.Rois[0].Slices);
        Assert.Equal(["A<script>x", "12", "4", FormattableString.Invariant($"{pooled:0.000}")], cells[..4]);
        Assert.Equal(9, page.Root.Descendants("figure").Count());
    }

    [Fact]
    public void Model_that_another_program_trained_is_no_run()
    {
        string path = Path.Combine(runs.Folder, "imported.safetensors");
        SafetensorsFile model = SafetensorsFile.Read(runs.Model);
        ModelMetadata imported = ModelMetadata.From(model, runs.Model) with { Training = null, Origin = "another.pt" };
        using (FileStream stream = File.Create(path))
        {
            imported.ToFile(model.Tensors).Write(stream);
        }

        MedSegException error = Assert.Throws<MedSegException>(() => TrainingPage.Write(Stream.Null, path, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.ModelWithoutOptions, error.ErrorId);
    }

    private ReportPage Write(Dataset? dataset) =>
        ReportPage.Of(html => TrainingPage.Write(html, runs.Model, dataset, cancellationToken: TestContext.Current.CancellationToken));

    private static string? Title(XElement section) => section.Element("h2")?.Value;

    private static string Section(ReportPage page, string title) => page.Root.Descendants("section").Single(s => Title(s) == title).Value;

    /// <summary>A run on drawn slices.</summary>
    public sealed class Runs : IDisposable
    {
        public Runs()
        {
            DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(Folder, "demo"), TrainingPatients = 4, HeldOutPatients = 1, SlicesPerPatient = 3 });
            Dataset = TrainedModel.Import(Folder, "train") with { LabelNames = ["A<script>x", "It's", "C", "D"] };
            Model = Train("demo", new TrainingOptions { Epochs = 7, BaseWidth = 2, BatchSize = 2, LearningRate = 0.003, ReportInterval = 2, Seed = 5, ValidationFraction = 0.25 });
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

        public Dataset Dataset { get; }

        public string Model { get; }

        public List<EpochRecord> History { get; } = [];

        public string Train(string name, TrainingOptions options)
        {
            var run = new RunOptions { OutputPath = Path.Combine(Folder, "models"), ModelName = name, Device = "cpu" };
            History.AddRange(new Trainer(Dataset, options, run).Run(null, CancellationToken.None));
            return run.ModelPath;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
