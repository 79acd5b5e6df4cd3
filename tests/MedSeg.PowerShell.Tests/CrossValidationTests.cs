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
        Assert.Equal("MedSeg.CrossValidationResult", result.BaseObject.GetType().FullName);
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
            "Epochs 1", "BatchSize 2", "LearningRate 0.01", "DropoutRate 0.4", "BaseWidth 3", "ReportInterval 7", "CheckpointInterval 9",
            "DecayEpoch 11", "RotationDegrees 6", "WarpMinimum 0.9", "CropMinimum 0.55", "CropMaximum 0.75", "AugmentationProbability 0.35",
            "Loss BatchDice", "Schedule Polynomial", "WarmupEpochs 3", "GradientClip 2.5", "WeightAveraging 0.5", "Patience 4", "BalancedSampling",
            "IntensityProbability 0.15", "GammaRange 0.1", "ContrastRange 0.2", "NoiseDeviation 0.05", "BlurSigma 0.5", "LowResolutionFactor 1.5",
            "ElasticShift 0.01", "Folds 3", "Fold 2", "GroupBy Patient", "Seed 8",
        ];
        const string train = $"{Import} | Start-MedSegTraining -Device Cpu -Recipe";
        _session.Run($"{train} Best -OutputPath all -{string.Join(" -", given)}");
        _session.Run($"{train} Best -OutputPath few -Epochs 1 -BaseWidth 3");
        _session.Run($"{train} Published -OutputPath published -Epochs 1 -BaseWidth 3");
        JsonElement all = Options("all");
        JsonElement few = Options("few");
        JsonElement published = Options("published");

        // Of the options only these are not in the list: one excludes others, one is a file.
        string[] other = ["ValidationFraction", "FoldPath"];
        Assert.Equal(all.EnumerateObject().Select(o => o.Name).Except(other).Order(), given.Select(g => g.Split(' ')[0]).Order());
        foreach (string option in given)
        {
            string[] parts = option.Split(' ');
            string value = all.GetProperty(parts[0]).ToString();
            string expected = parts[0] switch { "Loss" => "1", "Schedule" => "2", _ => parts.Length > 1 ? parts[1] : "True" };
            Assert.True(value == expected, $"-{option} gave {value}.");
            Assert.True(parts[0] is "Epochs" or "BaseWidth" || few.GetProperty(parts[0]).ToString() != value, $"-{option} is the recipe's own value.");
        }

        Assert.Equal("0.002", few.GetProperty("LearningRate").ToString());
        Assert.Equal("0.0001", published.GetProperty("LearningRate").ToString());
    }

    private JsonElement Options(string folder) =>
        JsonDocument.Parse(File.ReadLines(_session.PathOf(folder, "medseg.log.jsonl")).First()).RootElement.GetProperty("options");
}
