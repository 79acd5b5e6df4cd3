using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests;

/// <summary>Invoke-MedSegSweep: which runs there are, how they are compared, and how a sweep is resumed.</summary>
public sealed class SweepTests : IDisposable
{
    private const string Sweep = "Import-MedSegDataset ./data/train -InputSize 32 | Invoke-MedSegSweep -OutputPath sweep -ValidationFraction 0.4 -Epochs 2 -BaseWidth 2 -ReportInterval 1 -Device Cpu";
    private readonly ModuleSession _session = new();

    public SweepTests() => _session.Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1");

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Grid_trains_each_combination_and_writes_the_options_of_the_best()
    {
        List<PSObject> runs = _session.Run($"{Sweep} -Grid @{{ LearningRate = 0.001, 0.01; Loss = 'Dice', 'BatchDice' }} -BestOptionPath best.psd1");

        Assert.Equal(
            ["LearningRate-0.001_Loss-Dice", "LearningRate-0.001_Loss-BatchDice", "LearningRate-0.01_Loss-Dice", "LearningRate-0.01_Loss-BatchDice"],
            runs.Select(run => (string)run.Properties["Name"].Value));
        Assert.All(runs, run => Assert.True(File.Exists(_session.PathOf("sweep", (string)run.Properties["Name"].Value, "medseg.safetensors"))));
        Assert.All(runs, run => Assert.Equal(2, run.Properties["Epoch"].Value));

        // What is reported is the model's own score, and the options are those of its file.
        foreach (PSObject run in runs)
        {
            _session.Run($"$model = Get-MedSegModel '{run.Properties["ModelPath"].Value}'; $history = Get-MedSegHistory '{run.Properties["ModelPath"].Value}'");
            Assert.Equal(run.Properties["ValidationDice"].Value, Assert.Single(_session.Run("$history[-1].ValidationDice")).BaseObject);
            Assert.Equal(((IDictionary)run.Properties["Options"].Value)["LearningRate"], Assert.Single(_session.Run("$model.Options.LearningRate")).BaseObject);
            Assert.Equal(((IDictionary)run.Properties["Options"].Value)["Loss"], Assert.Single(_session.Run("$model.Options.Loss")).BaseObject);
        }

        PSObject best = runs.MaxBy(run => (double)run.Properties["ValidationDice"].Value)!;
        _session.Run("$best = Import-PowerShellDataFile best.psd1");
        Assert.Equal(((IDictionary)best.Properties["Options"].Value)["LearningRate"], Assert.Single(_session.Run("$best.LearningRate")).BaseObject);
        Assert.Equal($"{((IDictionary)best.Properties["Options"].Value)["Loss"]}", Assert.Single(_session.Run("$best.Loss")).BaseObject);
        Assert.Equal(0.4, Assert.Single(_session.Run("$best.ValidationFraction")).BaseObject);
        Assert.Equal(2, Assert.Single(_session.Run("(Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -OptionsPath best.psd1 -Device Cpu -OutputPath again)[-1].Epoch")).BaseObject);
    }

    [Fact]
    public void List_has_a_run_for_each_table_and_a_recipe_brings_its_options()
    {
        List<PSObject> runs = _session.Run($"{Sweep} -LearningRate 0.003 -List @{{ Recipe = 'Published'; DropoutRate = 0 }}, @{{ Recipe = 'Best'; Epochs = 1 }}");

        Assert.Equal(["DropoutRate-0_Recipe-Published", "Epochs-1_Recipe-Best"], runs.Select(run => (string)run.Properties["Name"].Value));
        string[] options = [.. runs.Select(run => Assert.Single(_session.Run($"(Get-MedSegModel '{run.Properties["ModelPath"].Value}').Options | ForEach-Object {{ \"$($_.Epochs) $($_.LearningRate) $($_.DropoutRate) $($_.GradientClip)\" }}")).ToString())];
        Assert.Equal(["2 0.003 0 0", "1 0.003 0 1"], options);
    }

    [Fact]
    public void Draws_are_within_their_ranges_and_the_same_for_a_seed()
    {
        const string range = "-Range @{ LearningRate = 0.0001, 0.01; BatchSize = 2, 4; Loss = 'Dice', 'BatchDice', 'DiceCrossEntropy' }";
        string[][] planned = Planned($"{Sweep} -Random 8 {range}", $"{Sweep} -Random 8 {range}", $"{Sweep} -Random 3 {range}", $"{Sweep} -Random 8 {range} -RandomSeed 1", $"{Sweep} -Random 8 -Range @{{ Loss = 'Dice', 'BatchDice' }}");
        string[] eight = planned[0];

        Assert.Equal(8, eight.Length);
        Assert.Equal(eight, planned[1]);
        Assert.Equal(eight[..3], planned[2]);
        Assert.NotEqual(eight, planned[3]);

        // The same options twice would be the same run.
        Assert.Equal(["Loss-BatchDice", "Loss-Dice"], planned[4].Order(StringComparer.Ordinal));
        Assert.Equal(3, eight.Select(name => name.Split('_')[0]).Distinct().Count());
        double[] rates = [.. eight.Select(name => double.Parse(name.Split('_')[1]["LearningRate-".Length..], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.All(rates, rate => Assert.InRange(rate, 0.0001, 0.01));

        // Drawn on a logarithmic scale, about half of them are below the geometric mean; otherwise a tenth would be.
        Assert.InRange(rates.Count(rate => rate < 0.001), 2, 6);
        Assert.False(Directory.Exists(_session.PathOf("sweep")));
    }

    [Fact]
    public void Resumed_sweep_skips_what_is_finished_and_trains_what_is_missing()
    {
        const string grid = "-Grid @{ LearningRate = 0.001, 0.01 }";
        PSObject[] first = [.. _session.Run($"{Sweep} {grid}")];
        Assert.Equal("ModelExists", ModuleSession.IdOf(_session.Fail($"{Sweep} {grid}")));
        string kept = (string)first[0].Properties["ModelPath"].Value;
        DateTime written = File.GetLastWriteTimeUtc(kept);
        Directory.Delete((string)first[1].Properties["OutputPath"].Value, recursive: true);

        PSObject[] again = [.. _session.Run($"{Sweep} {grid} -Resume")];

        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(first.Select(run => run.Properties["ValidationDice"].Value), again.Select(run => run.Properties["ValidationDice"].Value));
    }

    [Theory]
    [InlineData("-Grid @{ LearningRate = 'fast' }", "OptionType", "-Grid: LearningRate is the text 'fast'; it must be a number from 1E-09 to 1.")]
    [InlineData("-Grid @{ LearningRate = 0.1, 7 }", "OptionOutOfRange", "-Grid: LearningRate is 7; it must be a number from 1E-09 to 1.")]
    [InlineData("-Grid @{ LearningRat = 0.1 }", "OptionUnknown", "-Grid: 'LearningRat' is not an option that a sweep can set.")]
    [InlineData("-Grid @{ OutputPath = 'x' }", "OptionUnknown", "-Grid: 'OutputPath' is not an option that a sweep can set.")]
    [InlineData("-Grid @{ LearningRate = 0.1, 0.1 }", "SweepInvalid", "The sweep has 2 runs with the options LearningRate-0.1.")]
    [InlineData("-Grid @{ }", "SweepInvalid", "A sweep needs at least one run, and each run at least one option.")]
    [InlineData("-Grid @{ Seed = 1, 2 }", "SweepInvalid", "Runs with another Seed hold out other patients, so their validation Dice cannot be compared.")]
    [InlineData("-Grid @{ ValidationFraction = 0.3, 0.4 }", "SweepInvalid", "Runs with another ValidationFraction hold out other patients, so their validation Dice cannot be compared.")]
    [InlineData("-List @{ LearningRate = 0.1, 0.2 }", "SweepInvalid", "-List: LearningRate has 2 values, but each table of the list is one run.")]
    public void Sweep_that_makes_no_sense_is_refused_before_training(string given, string id, string message)
    {
        ErrorRecord error = _session.Fail($"{Sweep} {given}");

        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.Equal(message, error.ErrorDetails.Message);
        Assert.False(Directory.Exists(_session.PathOf("sweep")));
    }

    [Fact]
    public void Sweep_without_held_out_patients_is_refused()
    {
        ErrorRecord error = _session.Fail(Sweep.Replace("-ValidationFraction 0.4", "-Grid @{ LearningRate = 0.1, 0.2 }", StringComparison.Ordinal));

        Assert.Equal("OptionMissing", ModuleSession.IdOf(error));
        Assert.Equal("Give -ValidationFraction, -Folds or -ValidationDataset, too.", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Seeds_can_be_compared_on_a_validation_data_set() =>
        Assert.Equal(2, _session.Run($"$held = Import-MedSegDataset ./data/heldout -InputSize 32; {Sweep.Replace("-ValidationFraction 0.4", "-ValidationDataset $held -Grid @{ Seed = 1, 2 }", StringComparison.Ordinal)}").Count);

    [Fact]
    public void Halving_drops_the_worse_runs_and_the_best_options_are_those_of_a_run_that_finished()
    {
        List<PSObject> runs = _session.Run($"{Sweep} -Grid @{{ LearningRate = 0.00000001, 0.01, 0.02, 0.03 }} -HalvingFactor 2 -Epochs 4 -BestOptionPath best.psd1 | Tee-Object -Variable runs".Replace("-Epochs 2 ", string.Empty, StringComparison.Ordinal));

        Assert.Equal(["Dropped", "Dropped", "Dropped", "Finished"], runs.Select(run => $"{run.Properties["State"].Value}"));
        Assert.Equal([1, 1, 2, 3], runs.Select(run => (int)run.Properties["Round"].Value));
        Assert.Equal(((IDictionary)runs[3].Properties["Options"].Value)["LearningRate"], Assert.Single(_session.Run("(Import-PowerShellDataFile best.psd1).LearningRate")).BaseObject);
        Assert.Equal(7, _session.Run("Import-Csv sweep/medseg-halving.csv").Count);
        Assert.Equal(".svg", Assert.Single(_session.Run("$runs | Export-MedSegSweepFigure sweep.svg")).Properties["Extension"].Value);
        Assert.Equal("FigureFormat", ModuleSession.IdOf(_session.Fail("$runs | Export-MedSegSweepFigure sweep.pdf")));
    }

    [Theory]
    [InlineData("-Grid @{ LearningRate = 0.1, 0.2 } -HalvingEpochs 1", "OptionMissing", "-HalvingEpochs was given without -HalvingFactor, so no run is dropped.")]
    [InlineData("-Grid @{ LearningRate = 0.1, 0.2 } -HalvingFactor 2 -HalvingEpochs 2", "SweepInvalid", "The first round would have 2 epochs, but a whole run has 2, so no run could be dropped.")]
    [InlineData("-List @{ ReportInterval = 1 }, @{ ReportInterval = 2 } -HalvingFactor 2", "SweepInvalid", "Successive halving compares runs at the same epochs, but their ReportInterval are 1, 2.")]
    public void Halving_that_makes_no_sense_is_refused_before_training(string given, string id, string message)
    {
        ErrorRecord error = _session.Fail($"{Sweep} {given}");

        Assert.Equal((id, message), (ModuleSession.IdOf(error), error.ErrorDetails.Message));
        Assert.False(Directory.Exists(_session.PathOf("sweep")));
    }

    // The runs that -WhatIf would train, by the folders that it names. Only a host with a user interface shows them.
    private string[][] Planned(params string[] scripts)
    {
        using var pwsh = new PwshProcess();
        PwshResult result = pwsh.Run(pwsh.Script($"Set-Location '{_session.Folder}'\n{string.Join("\n'==='\n", scripts.Select(script => $"{script} -WhatIf"))}"));
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        return [.. result.Output.Split("===").Select(part => Regex.Matches(part, "What if: .* on target \"([^\"]+)\"").Select(match => Path.GetFileName(match.Groups[1].Value)).ToArray())];
    }
}
