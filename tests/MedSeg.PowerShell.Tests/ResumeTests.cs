using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>What a user need not say again to resume, and what is refused before a night begins.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public ResumeTests()
    {
        _ = _session.Run("New-MedSegDemoDataset -Path data -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 2");
        _ = _session.Run("$set = Import-MedSegDataset ./data/train -InputSize 32");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Options_that_are_not_given_are_those_of_the_checkpoint()
    {
        const string options = "-Recipe Best -Architecture Pyramid -BatchSize 3 -Seed 7 -LearningRate 0.003 -ValidationFraction 0.3 -ReportInterval 1";
        _ = _session.Run($"$set | Start-MedSegTraining {options} -Epochs 2 -OutputPath run");

        List<PSObject> rest = _session.Run("$set | Start-MedSegTraining -OutputPath run -Epochs 3 -Resume");
        _ = _session.Run($"$set | Start-MedSegTraining {options} -Epochs 3 -OutputPath whole");

        Assert.Equal([3], rest.Select(record => (int)record.Properties["Epoch"].Value));
        Assert.Equal(
            (double)_session.Run("(Get-MedSegModel whole/medseg.safetensors).ValidationDice").Single().BaseObject,
            (double)rest[0].Properties["ValidationDice"].Value);
        Assert.Equal(["7 3 0.003"], _session.Run("(Get-MedSegModel run/medseg.safetensors).Options | ForEach-Object { '{0} {1} {2}' -f $_.Seed, $_.BatchSize, $_.LearningRate }").Select(o => $"{o}"));
    }

    [Fact]
    public void Option_that_is_given_must_be_that_of_the_checkpoint_unless_no_weight_depends_on_it()
    {
        _ = _session.Run("$set | Start-MedSegTraining -BatchSize 3 -Epochs 1 -ReportInterval 5 -OutputPath run");

        Assert.Equal("ResumeMismatch", ModuleSession.IdOf(_session.Fail("$set | Start-MedSegTraining -OutputPath run -Epochs 2 -BatchSize 2 -Resume")));
        Assert.Single(_session.Run("$set | Start-MedSegTraining -OutputPath run -Epochs 2 -ReportInterval 2 -CheckpointInterval 3 -Resume"));
    }

    [Fact]
    public void Fold_file_must_be_named_again()
    {
        _ = _session.Run("$set.Samples | ForEach-Object { [pscustomobject] @{ Name = $_.Name; Fold = 1 + [int] ($_.Name -match '^P0[12]') } } | Export-Csv folds.csv");
        _ = _session.Run("$set | Start-MedSegTraining -Epochs 1 -FoldPath folds.csv -OutputPath run");

        ErrorRecord error = _session.Fail("$set | Start-MedSegTraining -OutputPath run -Epochs 2 -Resume");

        Assert.Equal("OptionMissing", ModuleSession.IdOf(error));
        Assert.Contains("folds.csv", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Single(_session.Run("$set | Start-MedSegTraining -OutputPath run -Epochs 2 -FoldPath folds.csv -Resume"));
    }

    [Fact]
    public void Cross_validation_resumes_with_the_folds_and_options_of_its_first_run()
    {
        _ = _session.Run("$set | Invoke-MedSegCrossValidation -Folds 2 -BatchSize 3 -Epochs 1 -OutputPath cv");
        _ = _session.Run("Remove-Item cv/medseg-fold2*");

        PSObject result = Assert.Single(_session.Run("$set | Invoke-MedSegCrossValidation -OutputPath cv -Resume"));

        Assert.Equal(2, ((IEnumerable<object>)result.Properties["Folds"].Value).Count());
        Assert.Equal(["3"], _session.Run("(Get-MedSegModel cv/medseg-fold2.safetensors).Options.BatchSize").Select(o => $"{o}"));
    }

    [Fact]
    public void Two_data_sets_in_one_pipeline_are_refused_before_any_is_trained()
    {
        ErrorRecord error = _session.Fail("$set, $set | Start-MedSegTraining -Epochs 1 -OutputPath run");

        Assert.Equal("SeveralDatasets", ModuleSession.IdOf(error));
        ModuleSession.RequireComplete(error);
        Assert.False(Directory.Exists(_session.PathOf("run")));
        Assert.Equal("SeveralDatasets", ModuleSession.IdOf(_session.Fail("$set, $set | Invoke-MedSegCrossValidation -Folds 2 -Epochs 1 -OutputPath run")));
    }

    [Theory]
    [InlineData("Export-MedSegHistory -Path file/h.csv", "WriteFailed")]
    [InlineData("Export-MedSegHistory -Path h.csv -PlotPath file/folder/h.png", "WriteFailed")]
    [InlineData("Export-MedSegHistory -PlotPath h.jpg", "OutputExtension")]
    public void Output_that_cannot_be_written_is_refused_before_training(string export, string id)
    {
        _ = _session.Run("Set-Content file 1");

        ErrorRecord error = _session.Fail($"$set | Start-MedSegTraining -Epochs 1 -OutputPath run | {export}");

        Assert.Equal(id, ModuleSession.IdOf(error));
        ModuleSession.RequireComplete(error);
        Assert.False(Directory.Exists(_session.PathOf("run")));
    }

    [Theory]
    [InlineData("$set | Export-MedSegPreview -Path p.jpg")]
    [InlineData("Export-MedSegImage data/train/dicoms/P01_S01.dcm -OutputPath p.txt")]
    public void Picture_is_not_written_under_the_name_of_another_format(string command)
    {
        Assert.Equal("OutputExtension", ModuleSession.IdOf(_session.Fail(command)));
        Assert.Empty(Directory.GetFiles(_session.Folder, "p.*"));
    }

    [Fact]
    public void Model_gives_the_import_its_size_names_and_normalization_unless_they_are_given()
    {
        _ = _session.Run("Import-MedSegDataset ./data/train -InputSize 32 -Normalization ZScore -ResizeMode Pad -LabelName a, b, c, d | Start-MedSegTraining -Epochs 1 -OutputPath run");

        PSObject same = Assert.Single(_session.Run("Import-MedSegDataset ./data/heldout -Model run/medseg.safetensors"));
        PSObject other = Assert.Single(_session.Run("Import-MedSegDataset ./data/heldout -Model run/*.checkpoint.safetensors -InputSize 48 -LabelName e, f, g, h"));

        Assert.Equal("32 ZScore Pad a b c d", Describe(same));
        Assert.Equal("48 ZScore Pad e f g h", Describe(other));

        static string Describe(PSObject set) =>
            $"{set.Properties["InputSize"].Value} {set.Properties["Normalization"].Value} {set.Properties["ResizeMode"].Value} {string.Join(' ', (IEnumerable<string>)set.Properties["LabelNames"].Value)}";
    }

    [Fact]
    public void Models_come_by_property_name_and_by_folder()
    {
        _ = _session.Run("$last = $set | Start-MedSegTraining -Epochs 1 -OutputPath run | Select-Object -Last 1");

        Assert.Equal(4, _session.Run("Get-MedSegModel run/medseg.safetensors | Measure-MedSegModel -Dataset $set").Count);
        Assert.Equal(4, _session.Run("$last | Measure-MedSegModel -Dataset $set").Count);
        Assert.Equal(8, _session.Run("$last | Invoke-MedSegSegmentation -Path data/train/dicoms -OutputPath masks").Count);
        Assert.Equal(["medseg.checkpoint.safetensors", "medseg.safetensors"], _session.Run("Get-MedSegModel run | Split-Path -Leaf -Path { $_.Path }").Select(o => $"{o}"));
        Assert.Equal("PathNotFound", ModuleSession.IdOf(_session.Fail("Get-MedSegModel data")));
    }

    [Fact]
    public void Mistake_of_many_slices_is_one_error_with_their_number_and_some_names()
    {
        _ = _session.Run("Get-ChildItem data/train/labels | Select-Object -Skip 2 | Remove-Item");
        using System.Management.Automation.PowerShell shell = _session.Create("Import-MedSegDataset ./data/train -InputSize 32");

        PSObject set = Assert.Single(shell.Invoke());

        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.Equal("LabelMissing", ModuleSession.IdOf(error));
        Assert.EndsWith("The same was found in 5 other samples: P02_S02, P03_S01, P03_S02 and 2 more. The data set's Problems has all of them.", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(6, ((System.Collections.IEnumerable)set.Properties["Problems"].Value).Cast<object>().Count());
    }

    [Fact]
    public void Missing_folder_is_named_not_its_subfolder()
    {
        ErrorRecord error = _session.Fail("Import-MedSegDataset ./studdy");

        Assert.Equal("FolderNotFound", ModuleSession.IdOf(error));
        Assert.StartsWith(_session.PathOf("studdy") + ":", error.ErrorDetails.Message, StringComparison.Ordinal);
    }
}
