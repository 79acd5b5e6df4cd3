using System.Globalization;
using System.Management.Automation;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>The scripts in the folder examples, run on small data. Those of a night have their tests in <see cref="OvernightTests"/>, and Quickstart.ps1 in tests/Pester.</summary>
public sealed class ExampleScriptTests : IClassFixture<ExampleFolder>, IDisposable
{
    private const string Tiny = "Epochs = 1; BaseWidth = 2; Device = 'Cpu'";
    private static readonly string s_examples = Path.Combine(PwshProcess.RepositoryRoot, "examples");
    private readonly ModuleSession _session;

    public ExampleScriptTests(ExampleFolder folder) => _session = folder.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_script_is_in_the_list()
    {
        string list = File.ReadAllText(Path.Combine(s_examples, "README.md"));
        IEnumerable<string> scripts = Directory.GetFiles(s_examples, "*.ps1").Concat(Directory.GetDirectories(s_examples)).Select(path => Path.GetFileName(path)!);

        Assert.All(scripts, script => Assert.Contains($"| [{script}]({script}) |", list, StringComparison.Ordinal));
    }

    [Fact]
    public void Cross_validation_writes_its_tables_and_goes_on()
    {
        string line = Call("Measure-CrossValidation.ps1", $"-Path ./data/train -OutputPath ./cv -ImportOption @{{ InputSize = 32 }} -TrainingOption @{{ {Tiny} }}");

        PSObject result = Assert.Single(_session.Run(line));

        Assert.Equal("CrossValidationResult", result.BaseObject.GetType().Name);
        string[] rois = File.ReadAllLines(_session.PathOf("cv", "rois.csv"));
        Assert.Equal("\"Name\",\"Dice\",\"Deviation\",\"Folds\"", rois[0]);
        Assert.Equal(1 + 4, rois.Length);
        string[] folds = File.ReadAllLines(_session.PathOf("cv", "folds.csv"));
        Assert.Equal("\"Fold\",\"Name\",\"Dice\",\"Slices\"", folds[0]);
        Assert.Equal(1 + (5 * 4), folds.Length);

        DateTime model = File.GetLastWriteTimeUtc(_session.PathOf("cv", "medseg-fold5.safetensors"));
        _session.Run(line);
        Assert.Equal(model, File.GetLastWriteTimeUtc(_session.PathOf("cv", "medseg-fold5.safetensors")));
        Assert.Equal(folds, File.ReadAllLines(_session.PathOf("cv", "folds.csv")));
    }

    [Fact]
    public void Areas_of_a_folder_are_a_table_with_a_column_for_each_ROI()
    {
        const string arguments = "-Path ./scans -Model ./trained_models/medseg.safetensors -OutputPath ./results";

        List<PSObject> sums = _session.Run(Call("Export-ScanArea.ps1", arguments));

        Assert.Equal(2 * 4, sums.Count);
        string[] table = File.ReadAllLines(_session.PathOf("results", "areas.csv"));
        Assert.Equal("\"Series\",\"Slice\",\"LocationMm\",\"LookAt\",\"Left psoas mm2\",\"Right psoas mm2\",\"Left multifidus mm2\",\"Right multifidus mm2\"", table[0]);
        Assert.Equal(1 + 4, table.Length);
        double mean = table.Skip(1).Take(2).Average(row => double.Parse(row.Split(',')[4].Trim('"'), CultureInfo.InvariantCulture));
        Assert.Equal((double)sums[0].Properties["MeanArea"].Value, mean, 1e-9);
        Assert.True(File.Exists(_session.PathOf("results", "masks", "overlays", "P06_S01.png")));

        var refused = Assert.ThrowsAny<RuntimeException>(() => _session.Run(Call("Export-ScanArea.ps1", arguments)));
        Assert.Contains("-Force replaces it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2 * 4, _session.Run(Call("Export-ScanArea.ps1", arguments + " -Force")).Count);
    }

    [Fact]
    public void Studies_go_on_where_one_fails_and_are_not_done_twice()
    {
        string line = Call("Measure-Study.ps1", "-Path ./studies -Model ./trained_models/medseg.safetensors -OutputPath ./results");
        Directory.CreateDirectory(_session.PathOf("studies", "P05"));
        File.WriteAllText(_session.PathOf("studies", "P05", "no.dcm"), "no DICOM");
        using System.Management.Automation.PowerShell shell = _session.Create(line);

        List<PSObject> rois = [.. shell.Invoke()];

        Assert.Equal(["P06", "P07"], rois.Select(roi => roi.Properties["Study"].Value.ToString()).Distinct());
        Assert.Equal(2 * 4, rois.Count);
        Assert.StartsWith("P05: ", Assert.Single(shell.Streams.Error).ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(_session.PathOf("results", "P07", "areas.csv")));

        Directory.Delete(_session.PathOf("studies", "P05"), recursive: true);
        Assert.Empty(_session.Run(line));
        File.Delete(_session.PathOf("results", "P07", "areas.csv"));
        Assert.Equal(4, _session.Run(line).Count);
    }

    [Fact]
    public void Automation_trains_and_sums_up()
    {
        _session.Run($"Import-Module '{Path.Combine(s_examples, "automation", "NightlyTraining.psm1")}'");
        string line = $"Invoke-NightlyTraining -Path ./data/train -OutputPath ./models -ImportOption @{{ InputSize = 32 }} -TrainingOption @{{ {Tiny}; ValidationFraction = 0.4 }} -MinimumDice 1";

        Assert.Empty(_session.Run(line + " -WhatIf"));
        PSObject summary = Assert.Single(_session.Run(line));

        Assert.Equal("NightlyTraining.Summary", summary.TypeNames[0]);
        Assert.Equal((1, false), ((int)summary.Properties["Epochs"].Value, (bool)summary.Properties["IsGoodEnough"].Value));
        Assert.True(File.Exists(summary.Properties["ModelPath"].Value.ToString()));
        Assert.Equal(2, File.ReadAllLines(_session.PathOf(summary.Properties["HistoryPath"].Value.ToString()!)).Length);

        File.Delete(_session.PathOf("data", "train", "labels", "P02_S01.png"));
        var refused = Assert.ThrowsAny<RuntimeException>(() => _session.Run(line));
        Assert.Contains("nothing was trained: P02_S01", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recipes_are_compared()
    {
        List<PSObject> runs = _session.Run(Call("Compare-Recipe.ps1", "-Path ./recipes -Epochs 1 -Folds 1 -Seed 1 -InputSize 32 -BaseWidth 2 -Variant Published, Best"));

        Assert.Equal(["Published", "Best"], runs.Select(run => run.Properties["Variant"].Value.ToString()));
        Assert.All(runs, run => Assert.InRange(LanguagePrimitives.ConvertTo<double>(run.Properties["Dice"].Value), 0, 1));
    }

    private static string Call(string script, string arguments) => $"& '{Path.Combine(s_examples, script)}' {arguments}";
}
