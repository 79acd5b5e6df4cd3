using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Find-MedSegPostProcessing through the built module, and what the other commands do with what it found.</summary>
public sealed class PostProcessingTests : IClassFixture<TrainedFixture>, IDisposable
{
    private const string Import = "Import-MedSegDataset data -InputSize 32 -LabelName A, B, C, D";
    private const string Invoke = "Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms -Force -OutputPath";
    private readonly ModuleSession _session = new();

    public PostProcessingTests(TrainedFixture trained) => trained.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Model_is_examined_and_shows_what_was_found()
    {
        Assert.Equal(["True True"], Texts("Get-MedSegModel m.safetensors | ForEach-Object { \"$($null -eq $_.PostProcessing) $($null -eq $_.Calibration)\" }"));
        Assert.Equal([""], Texts($"@(({Invoke} plain).Rois.ExpectedDice -ne $null).Count | Where-Object {{ $_ }}").DefaultIfEmpty(string.Empty));

        _session.Run($"$found = {Import} | Find-MedSegPostProcessing m.safetensors -Device Cpu");

        Assert.Equal(["2 1 4 A,B,C,D"], Texts("\"$($found.Slices) $($found.Patients) $($found.Rois.Count) $($found.Rois.Name -join ',')\""));
        Assert.Equal(Texts("$found.Rois.PostProcessing"), Texts("(Get-MedSegModel m.safetensors).PostProcessing"));
        Assert.Equal(Texts("$found.Temperature"), Texts("(Get-MedSegModel m.safetensors).Calibration.Temperature"));
        Assert.Equal(Texts($"({Import} | Measure-MedSegModel m.safetensors -Device Cpu -SkipPostProcessing).Dice | ForEach-Object {{ [Math]::Round($_, 9) }}"), Texts("$found.Rois.DiceBefore | ForEach-Object { [Math]::Round($_, 9) }"));
        Assert.Equal(Texts($"({Import} | Measure-MedSegModel m.safetensors -Device Cpu).Dice | ForEach-Object {{ [Math]::Round($_, 9) }}"), Texts("$found.Rois.DiceAfter | ForEach-Object { [Math]::Round($_, 9) }"));
        Assert.NotEmpty(Texts($"({Invoke} after).Rois | Where-Object Pixels -gt 0 | ForEach-Object {{ $_.ExpectedDice }}"));
        Assert.All(Texts($"({Invoke} after).Rois | ForEach-Object {{ ($_.Pixels -gt 0) -eq ($null -ne $_.ExpectedDice) }}"), text => Assert.Equal("True", text));
    }

    [Fact]
    public void Rules_in_the_model_change_masks_unless_they_are_skipped()
    {
        string[] plain = Texts($"({Invoke} one).Rois.Pixels");
        _session.Run($"$found = {Import} | Find-MedSegPostProcessing m.safetensors -Device Cpu");
        _session.Run("""
            foreach ($roi in $found.Rois) { $roi.PostProcessing.GetType().GetProperty('MinimumArea').SetValue($roi.PostProcessing, 1e6) }
            $found.GetType().Assembly.GetType('MedSeg.Evaluation.PostProcessingSearch')::Write($found, "$PWD/m.safetensors")
            """);

        Assert.Contains(plain, pixels => pixels != "0");
        Assert.All(Texts($"({Invoke} two).Rois.Pixels"), pixels => Assert.Equal("0", pixels));
        Assert.Equal(plain, Texts($"({Invoke} three -SkipPostProcessing).Rois.Pixels"));
        Assert.All(Texts($"({Import} | Measure-MedSegModel m.safetensors -Device Cpu -BySlice).FoundPixels"), pixels => Assert.Equal("0", pixels));
        Assert.Contains(Texts($"({Import} | Measure-MedSegModel m.safetensors -Device Cpu -BySlice -SkipPostProcessing).FoundPixels"), pixels => pixels != "0");
        Assert.Contains(Texts($"{Invoke} four -Verbose 4>&1"), text => text.Contains("A: at least 1000000 mm²", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIf_shows_what_would_be_found_and_changes_no_model()
    {
        byte[] before = File.ReadAllBytes(_session.PathOf("m.safetensors"));

        Assert.Single(_session.Run($"{Import} | Find-MedSegPostProcessing m.safetensors -Device Cpu -WhatIf"));

        Assert.Equal(before, File.ReadAllBytes(_session.PathOf("m.safetensors")));
    }

    [Fact]
    public void Folds_of_a_cross_validation_are_examined_on_their_held_out_slices_and_segment_together()
    {
        _session.Run("""
            $demo = New-MedSegDemoDataset drawn -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 2
            $train = Import-MedSegDataset drawn/train -InputSize 32 -LabelName A, B, C, D
            $result = $train | Invoke-MedSegCrossValidation -Folds 2 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath cv
            $found = $train | Find-MedSegPostProcessing -CrossValidation $result -Device Cpu
            """);

        Assert.Equal(["8 4"], Texts("\"$($found.Slices) $($found.Patients)\""));
        Assert.Equal(Texts("$result.ModelPaths"), Texts("$found.ModelPaths"));
        Assert.Equal(Texts("$train.Samples.Name | Sort-Object"), Texts("$result.Folds.HeldOut | Sort-Object"));
        Assert.Single(Texts("(Get-MedSegModel $result.ModelPaths).Calibration.Temperature").Distinct());
        Assert.NotEmpty(Texts("(Invoke-MedSegSegmentation -Model $result.ModelPaths -Device Cpu -Path data/dicoms -OutputPath masks).Rois.ExpectedDice"));

        ErrorRecord error = _session.Fail("$train | Find-MedSegPostProcessing $result.ModelPaths -Device Cpu");
        Assert.Equal("NotHeldOut", ModuleSession.IdOf(error));
        Assert.Contains("-CrossValidation", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        error = _session.Fail($"{Import} | Find-MedSegPostProcessing -CrossValidation $result -Device Cpu");
        Assert.Equal("HeldOutUnknown", ModuleSession.IdOf(error));
    }

    [Fact]
    public void ONNX_files_and_data_of_another_kind_are_refused()
    {
        _session.Run("Export-MedSegModel m.safetensors -Format Onnx -OutputPath m.onnx");

        Assert.Equal("NotMedSegModel", ModuleSession.IdOf(_session.Fail($"{Import} | Find-MedSegPostProcessing m.onnx")));
        Assert.Equal("DatasetMismatch", ModuleSession.IdOf(_session.Fail("Import-MedSegDataset data -InputSize 64 -LabelName A, B, C, D | Find-MedSegPostProcessing m.safetensors")));
        Assert.Equal("FileNotFound", ModuleSession.IdOf(_session.Fail($"{Import} | Find-MedSegPostProcessing gone.safetensors")));
    }

    [Fact]
    public void KeepLargestComponent_warns_where_the_training_labels_had_several_parts()
    {
        // One ROI that is left and right.
        const string both = "Import-MedSegDataset data -InputSize 32 -LabelName Psoas, Multifidus -LabelMap @{ 1 = 1; 2 = 1; 3 = 2; 4 = 2 }";
        _session.Run($"$both = {both}; $both | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -ModelName both -OutputPath . -Device Cpu");
        const string segment = "Invoke-MedSegSegmentation -Model both.safetensors -Device Cpu -Path data/dicoms -Force -OutputPath";

        foreach (string command in (string[])[$"{segment} a", "$both | Measure-MedSegModel both.safetensors -Device Cpu"])
        {
            string warning = Assert.Single(Texts($"({command} -KeepLargestComponent) 3>&1 | Where-Object {{ $_ -is [System.Management.Automation.WarningRecord] }}"));
            Assert.Contains("'Psoas' is in several parts in 2 of 2 slices", warning, StringComparison.Ordinal);
            Assert.Empty(Texts($"({command}) 3>&1 | Where-Object {{ $_ -is [System.Management.Automation.WarningRecord] }}"));
        }

        Assert.Empty(Texts($"({Invoke} c -KeepLargestComponent) 3>&1 | Where-Object {{ $_ -is [System.Management.Automation.WarningRecord] }}"));
    }

    private string[] Texts(string script) => [.. _session.Run($"{script} | ForEach-Object {{ \"$_\" }}").Select(text => text.ToString())];
}
