using System.Globalization;
using System.Management.Automation;
using System.Text.Json;

namespace MedSeg.PowerShell.Tests;

/// <summary>Cross-validation, and the options that it shares with training.</summary>
public sealed class CrossValidationTests : IDisposable
{
    private const string Import = "Import-MedSegDataset ./data/train -InputSize 32";
    private readonly ModuleSession _session = new();

    public CrossValidationTests() => _session.Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 1");

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Folds_are_trained_and_summed_up_and_progress_tells_which()
    {
        using System.Management.Automation.PowerShell shell = _session.Create($"{Import} | Invoke-MedSegCrossValidation -Folds 3 -Epochs 2 -BaseWidth 2 -Device Cpu -OutputPath cv -ModelName spine -Verbose");

        // A record is changed and shown again: what it says is noted when it is shown.
        var shown = new List<string>();
        shell.Streams.Progress.DataAdded += (_, e) =>
        {
            ProgressRecord p = shell.Streams.Progress[e.Index];
            shown.Add($"{p.ParentActivityId} {p.Activity}: {p.StatusDescription}, {p.PercentComplete} %, {p.RecordType}");
        };
        PSObject result = Assert.Single(shell.Invoke());

        Assert.Empty(shell.Streams.Error);
        Assert.Equal("MedSeg.Training.CrossValidationResult", result.BaseObject.GetType().FullName);
        var folds = (System.Collections.ICollection)result.Properties["Folds"].Value;
        Assert.Equal(3, folds.Count);
        Assert.True(File.Exists(_session.PathOf("cv", "spine-fold3.safetensors")));
        Assert.Contains("-1 Cross-validating spine: Fold 2 of 3, 33 %, Processing", shown);
        Assert.Contains(shown, text => text.StartsWith("1 Training spine-fold1: Epoch 1 of 2, step 1 of 1", StringComparison.Ordinal));
        Assert.Equal(2, shown.Count(text => text.EndsWith("Completed", StringComparison.Ordinal)));
        Assert.Contains(shell.Streams.Verbose, v => v.Message.StartsWith("Fold 3, epoch 2: held-out Dice", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopped_cross_validation_goes_on_with_what_is_missing()
    {
        const string train = $"{Import} | Invoke-MedSegCrossValidation -Folds 2 -BaseWidth 2 -Device Cpu -OutputPath cv";
        using (System.Management.Automation.PowerShell shell = _session.Create($"{train} -Epochs 100000"))
        {
            using var started = new ManualResetEventSlim();
            shell.Streams.Progress.DataAdded += (_, e) =>
            {
                if (shell.Streams.Progress[e.Index].Activity == "Training medseg-fold1")
                {
                    started.Set();
                }
            };
            IAsyncResult running = shell.BeginInvoke();
            Assert.True(started.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            shell.Stop();
            Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        }

        Assert.True(File.Exists(_session.PathOf("cv", "medseg-fold1.checkpoint.safetensors")));
        Assert.Equal("ModelExists", ModuleSession.IdOf(_session.Fail($"{train} -Epochs 2")));
        Assert.False(File.Exists(_session.PathOf("cv", "medseg-fold2.safetensors")));

        PSObject epoch = Assert.Single(_session.Run("(Get-MedSegRun cv).Epoch"));
        int epochs = Convert.ToInt32(epoch.BaseObject, CultureInfo.InvariantCulture) + 1;
        Assert.Single(_session.Run($"{train} -Epochs {epochs} -Resume"));
    }

    [Fact]
    public void Scores_can_be_told_apart_by_index()
    {
        Assert.Equal("ROI 2", Assert.Single(_session.Run($"({Import} | Invoke-MedSegCrossValidation -Folds 2 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath cv).Rois[1].Name")).BaseObject);
        Assert.Equal("ROI 2", Assert.Single(_session.Run("(Import-MedSegDataset ./data/train -InputSize 32 | Start-MedSegTraining -Folds 2 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath t).ValidationDiceByRoi[1].Name")).BaseObject);
        Assert.Equal("2", Assert.Single(_session.Run($"({Import} | Invoke-MedSegCrossValidation -Folds 2 -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath cv -Resume).Folds[1].Fold")).ToString());
    }

    [Fact]
    public void WhatIf_trains_no_fold()
    {
        Assert.Empty(_session.Run($"{Import} | Invoke-MedSegCrossValidation -Folds 2 -OutputPath cv -WhatIf"));
        Assert.False(Directory.Exists(_session.PathOf("cv")));
    }

    [Fact]
    public void Each_option_has_a_parameter_that_sets_it_and_leaves_the_others_to_the_recipe()
    {
        string[] given =
        [
            "Epochs 1", "BatchSize 2", "LearningRate 0.01", "DropoutRate 0.4", "Architecture UNet", "BaseWidth 3", "ReportInterval 7", "CheckpointInterval 9",
            "DecayEpoch 11", "RotationDegrees 6", "WarpMinimum 0.9", "CropMinimum 0.55", "CropMaximum 0.75", "AugmentationProbability 0.35",
            "Loss BatchDice", "Schedule Polynomial", "WarmupEpochs 3", "GradientClip 2.5", "WeightAveraging 0.5", "Patience 4", "BalancedSampling", "FastValidation", "SaveMemory",
            "IntensityProbability 0.15", "GammaRange 0.1", "ContrastRange 0.2", "NoiseDeviation 0.05", "BlurSigma 0.5", "LowResolutionFactor 1.5",
            "ElasticShift 0.01", "Folds 3", "Fold 2", "GroupBy Patient", "Seed 8", "Shares 1", "GradientFormat BFloat16", "Precision BFloat16",
        ];
        const string train = $"{Import} | Start-MedSegTraining -Device Cpu -Recipe";
        _session.Run($"{train} Best -OutputPath all -{string.Join(" -", given)}");
        _session.Run($"{train} Best -OutputPath few -Epochs 1 -BaseWidth 3");
        _session.Run($"{train} Published -OutputPath published -Epochs 1 -BaseWidth 3");
        JsonElement all = Options("all");
        JsonElement few = Options("few");
        JsonElement published = Options("published");

        // Of the options only these are not in the list: one excludes others, one is a file. The next test sets them.
        string[] other = ["ValidationFraction", "FoldPath"];
        Assert.Equal(all.EnumerateObject().Select(o => o.Name).Except(other).Order(), given.Select(g => g.Split(' ')[0]).Order());
        foreach (string option in given)
        {
            string[] parts = option.Split(' ');
            string value = all.GetProperty(parts[0]).ToString();
            string expected = parts[0] switch { "Loss" or "GradientFormat" or "Precision" => "1", "Architecture" or "Schedule" => "2", _ => parts.Length > 1 ? parts[1] : "True" };
            Assert.True(value == expected, $"-{option} gave {value}.");

            // Files leave out the published architecture, that validation is not fast, that memory is not saved, that batches are not divided, and that all is float32.
            string own = parts[0] is "Architecture" or "FastValidation" or "SaveMemory" or "Shares" or "GradientFormat" or "Precision" && !few.TryGetProperty(parts[0], out _) ? "0" : few.GetProperty(parts[0]).ToString();
            Assert.True(parts[0] is "Epochs" or "BaseWidth" || own != value, $"-{option} is the recipe's own value.");
        }

        Assert.Equal("0.002", few.GetProperty("LearningRate").ToString());
        Assert.Equal("0.0001", published.GetProperty("LearningRate").ToString());
    }

    [Fact]
    public void Options_that_hold_slices_out_reach_the_model_too()
    {
        string[] names = [.. _session.Run($"({Import}).Samples.Name").Select(n => n.ToString())];
        File.WriteAllText(_session.PathOf("folds.csv"), "Name,Fold\n" + string.Concat(names.Select(n => $"{n},{(n.StartsWith("P01", StringComparison.Ordinal) ? 1 : 2)}\n")));
        const string train = $"{Import} | Start-MedSegTraining -Device Cpu -Epochs 1 -BaseWidth 2";

        _session.Run($"{train} -ValidationFraction 0.4 -OutputPath share");
        _session.Run($"{train} -FoldPath folds.csv -Fold 2 -OutputPath file");

        Assert.Equal("0.4", Options("share").GetProperty("ValidationFraction").ToString());
        Assert.EndsWith("folds.csv", Options("file").GetProperty("FoldPath").ToString(), StringComparison.Ordinal);
        Assert.Equal("2", Options("file").GetProperty("Fold").ToString());
    }

    [Fact]
    public void Patience_stops_a_run_early()
    {
        // With the smallest learning rate no epoch is better than the first.
        string train = $"({Import} | Start-MedSegTraining -Device Cpu -Epochs 6 -BaseWidth 2 -LearningRate 1e-9 -Folds 3 -ReportInterval 1 -OutputPath";

        Assert.Equal("1 2 3", string.Join(' ', _session.Run($"{train} early -Patience 2).Epoch")));
        Assert.Equal("1 2 3 4 5 6", string.Join(' ', _session.Run($"{train} whole).Epoch")));
    }

    [Fact]
    public void DecayEpoch_is_when_the_learning_rate_falls() =>
        Assert.Equal("0.001 0.001 0.0001", string.Join(' ', _session.Run($"({Import} | Start-MedSegTraining -Device Cpu -Epochs 3 -BaseWidth 2 -LearningRate 0.001 -DecayEpoch 2 -OutputPath m).LearningRate | ForEach-Object {{ [Math]::Round($_, 6) }}")));

    [Fact]
    public void WarpMinimum_changes_what_the_network_sees()
    {
        string train = $"({Import} | Start-MedSegTraining -Device Cpu -Epochs 1 -BaseWidth 2 -AugmentationProbability 1 -RotationDegrees 0 -CropMinimum 1 -CropMaximum 1 -OutputPath";

        string none = Assert.Single(_session.Run($"{train} a -WarpMinimum 1).Loss")).ToString();
        string half = Assert.Single(_session.Run($"{train} b -WarpMinimum 0.5).Loss")).ToString();
        string still = Assert.Single(_session.Run($"{train} c -WarpMinimum 0.5 -AugmentationProbability 0).Loss".Replace(" -AugmentationProbability 1", string.Empty, StringComparison.Ordinal))).ToString();

        Assert.NotEqual(none, half);
        Assert.Equal(none, still);
    }

    [Theory]
    [InlineData("-Fold 2")]
    [InlineData("-Fold 1")]
    public void Fold_without_folds_is_refused(string fold)
    {
        ErrorRecord error = _session.Fail($"{Import} | Start-MedSegTraining {fold} -OutputPath m -WhatIf");

        Assert.Equal("OptionMissing", ModuleSession.IdOf(error));
        Assert.Equal($"{fold} was given without -Folds or -FoldPath, so there are no folds.", error.ErrorDetails.Message);
        Assert.Equal("Give the number of -Folds, or a -FoldPath, too.", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_job_does_not_train_with_other_processes()
    {
        ErrorRecord error = _session.Fail($"{Import} | Start-MedSegTraining -OutputPath m -AsJob -Distributed Mpi");

        Assert.Equal("SharesNotPossible", ModuleSession.IdOf(error));
        Assert.Empty(_session.Run("Get-Job"));
    }

    private JsonElement Options(string folder) =>
        JsonSerializer.SerializeToElement(Assert.Single(_session.Run($"(Get-MedSegModel {folder}/medseg.safetensors).Options")).BaseObject);
}
