using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Training;
using MedSeg.Training.Optimization;

namespace MedSeg.Reports;

/// <summary>Describes a training run in the words of a methods section, with the run's numbers.</summary>
internal static class MethodsText
{
    /// <summary>Writes the paragraph.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rois">The scores on held-out slices; null if they were not computed.</param>
    public static string Of(RunRecord run, IReadOnlyList<ModelScore>? rois) => string.Join(' ', new[]
    {
        Network(run),
        Images(run),
        Split(run),
        Optimization(run.Training.Options),
        Augmentation(run.Training.Options),
        Selection(run),
        Scores(run, rois),
        Software(run),
    }.Where(sentence => sentence.Length > 0));

    /// <summary>Describes the network.</summary>
    /// <param name="run">The run.</param>
    public static string Network(RunRecord run)
    {
        NetworkOptions network = run.Model.Description.Architecture;
        IReadOnlyList<string> names = run.Model.Description.LabelNames;
        string kind = network.Architecture switch
        {
            NetworkArchitecture.UNet => "A 2-D U-Net after the plan of nnU-Net (Isensee et al. 2021)",
            NetworkArchitecture.PyramidNorm => "A two-stage multi-scale pyramid network (Roth et al. 2018; Dourthe et al. 2021) with instance normalization (Ulyanov et al. 2016)",
            _ => "A two-stage multi-scale pyramid network (Roth et al. 2018; Dourthe et al. 2021)",
        };
        return Text($"{kind} with {NetworkLayouts.CountParameters(network):N0} parameters was trained to segment {names.Count} {(names.Count == 1 ? "region" : "regions")} of interest ({string.Join(", ", names)}) in single slices of {network.InputSize} × {network.InputSize} pixels.");
    }

    /// <summary>Describes the images and their preprocessing.</summary>
    /// <param name="run">The run.</param>
    public static string Images(RunRecord run)
    {
        Preprocessing prepared = run.Model.Description.Preprocessing;
        string modality = run.Training.TrainingData?.Modalities is { Count: > 0 } modalities ? string.Join(", ", modalities) + " images" : "Images";
        string size = prepared.PixelSize > 0 ? Text($"resampled to {prepared.PixelSize:0.###} mm pixels and cropped or padded to this size") : "resized to this size";
        string intensity = prepared.Normalization switch
        {
            Normalization.Percentile => "intensities were scaled from the 0.5th to the 99.5th percentile to 0–1",
            Normalization.ZScore => "intensities were scaled to mean 0 and standard deviation 1",
            Normalization.Window => "intensities were scaled by the window in the DICOM file to 0–1",
            Normalization.None => "intensities were left unchanged",
            _ => "intensities were scaled from the minimum to the maximum of each slice to 0–1",
        };
        string channels = prepared.Channels.Count > 1 ? Text($" with {prepared.Channels.Count} channels ({string.Join(", ", prepared.Channels.Select(channel => channel.Name))})") : string.Empty;
        return $"{modality}{channels} were {size}; {intensity}.";
    }

    /// <summary>Describes the split.</summary>
    /// <param name="run">The run.</param>
    public static string Split(RunRecord run)
    {
        (int training, int validation, TrainingOptions options) = (run.Training.TrainingSlices, run.Training.ValidationSlices, run.Training.Options);
        string unit = options.GroupBy is null ? "patients" : Text($"groups ({options.GroupBy})");
        if (validation == 0)
        {
            return Text($"All {training} slices were used for training; none were held out.");
        }

        string how = options.FoldPath is not null ? Text($"fold {options.Fold} of a predefined list")
            : options.Folds > 0 ? Text($"fold {options.Fold} of {options.Folds}")
            : options.ValidationFraction > 0 ? Text($"{options.ValidationFraction:P0} of {unit}") : "a separate data set";
        return Text($"{training} slices were used for training and {validation} slices ({how}) were held out; the split was made by {unit}, so that no {(options.GroupBy is null ? "patient" : "group")} was in both parts.");
    }

    /// <summary>Describes loss and optimiser.</summary>
    /// <param name="options">The options.</param>
    public static string Optimization(TrainingOptions options)
    {
        string loss = options.Loss switch
        {
            LossFunction.BatchDice => "the Dice loss over the batch",
            LossFunction.DiceCrossEntropy => "the sum of Dice loss (Milletari et al. 2016) and cross-entropy",
            LossFunction.BatchDiceCrossEntropy => "the sum of the Dice loss over the batch and cross-entropy",
            _ => "the Dice loss (Milletari et al. 2016)",
        };
        string schedule = options.Schedule switch
        {
            LearningRateSchedule.Constant => "constant",
            LearningRateSchedule.Polynomial => "polynomial decay with exponent 0.9",
            LearningRateSchedule.Cosine => "cosine decay",
            _ when options.DecayEpoch >= options.Epochs => "constant",
            _ => Text($"divided by 10 every {options.DecayEpoch} epochs"),
        };
        string[] more =
        [
            .. options.WarmupEpochs > 0 ? [Text($"a linear warm-up over {options.WarmupEpochs} epochs")] : Array.Empty<string>(),
            .. options.GradientClip > 0 ? [Text($"gradients clipped to a norm of {options.GradientClip:0.###}")] : Array.Empty<string>(),
            .. options.WeightAveraging > 0 ? [Text($"an exponential moving average of the weights (decay {options.WeightAveraging:0.#####})")] : Array.Empty<string>(),
            .. options.DropoutRate > 0 ? [Text($"dropout of {options.DropoutRate:0.###}")] : Array.Empty<string>(),
            .. options.BalancedSampling ? ["sampling that balances the regions"] : Array.Empty<string>(),
        ];
        string with = more.Length == 0 ? string.Empty : $", with {string.Join(", ", more)}";
        return Text($"The network minimized {loss} by Adam (learning rate {options.LearningRate:0.#######}, {schedule}; batch size {options.BatchSize}) for up to {options.Epochs} epochs{with}.");
    }

    /// <summary>Describes the augmentation.</summary>
    /// <param name="options">The options.</param>
    public static string Augmentation(TrainingOptions options)
    {
        bool moves = options.AugmentationProbability > 0;
        bool changes = options.IntensityProbability > 0;
        string[] transforms =
        [
            .. Ranged(moves && options.RotationDegrees > 0, $"rotation by up to {options.RotationDegrees:0.##}°"),
            .. Ranged(moves && options.WarpMinimum < 1, $"scaling of each axis to {options.WarpMinimum:0.##}–1"),
            .. Ranged(moves && options.CropMinimum < 1, $"crops of {options.CropMinimum:0.##}–{options.CropMaximum:0.##} of the side"),
            .. Ranged(changes && options.GammaRange > 0, $"gamma"),
            .. Ranged(changes && options.ContrastRange > 0, $"contrast"),
            .. Ranged(changes && options.NoiseDeviation > 0, $"Gaussian noise"),
            .. Ranged(changes && options.BlurSigma > 0, $"blur"),
            .. Ranged(changes && options.LowResolutionFactor > 1, $"low resolution"),
            .. Ranged(changes && options.ElasticShift > 0, $"elastic deformation"),
        ];
        return transforms.Length == 0 ? "No augmentation was used."
            : Text($"Slices were augmented by random {string.Join(", ", transforms)} (probability {options.AugmentationProbability:0.##} for geometric and {options.IntensityProbability:0.##} for other transforms).");
    }

    /// <summary>Describes which weights the model has.</summary>
    /// <param name="run">The run.</param>
    public static string Selection(RunRecord run) => run.Training.Options.Patience > 0
        ? Text($"The weights of epoch {run.Model.Epoch}, with the best validation Dice, were used; training stopped after {run.Training.Options.Patience} epochs without improvement. Since the held-out slices chose the epoch, scores on them are optimistic.")
        : Text($"The weights after epoch {run.Model.Epoch} were used.");

    private static string Scores(RunRecord run, IReadOnlyList<ModelScore>? rois)
    {
        if (rois is { Count: > 0 })
        {
            return Text($"On the {rois[0].Slices} held-out slices of {rois[0].Patients} {(rois[0].Patients == 1 ? "patient" : "patients")}, the mean Dice score (95 % interval, bootstrap over patients) was {string.Join(", ", rois.Select(roi => Text($"{roi.Dice:0.000}{Interval(roi)} for {roi.Name}")))}.");
        }

        return run.Validated is { } record
            ? Text($"On the held-out slices, the mean Dice score{(run.Training.Options.FastValidation ? " of masks at the network's input size" : string.Empty)} was {record.ValidationDice:0.000} ({string.Join(", ", record.ValidationDiceByRoi!.Where(s => double.IsFinite(s.Dice)).Select(s => Text($"{s.Dice:0.000} for {s.Name}")))}).")
            : string.Empty;
    }

    private static string Interval(ModelScore roi) => roi.DiceLow is null ? string.Empty : Text($" ({roi.DiceLow:0.000}–{roi.DiceHigh:0.000})");

    private static string Software(RunRecord run)
    {
        double hours = run.History.Sum(record => record.Seconds) / 3600;
        string device = run.Training.History is [.., var last] && last.Device.Length > 0 ? $" on {last.Device}" : string.Empty;
        return Text($"Training took {(hours < 1 ? Text($"{hours * 60:0.0} minutes") : Text($"{hours:0.0} hours"))}{device} with {run.Model.Software ?? "MedSeg"} (random seed {run.Training.Options.Seed}).");
    }

    private static string[] Ranged(bool isUsed, FormattableString text) => isUsed ? [Text(text)] : [];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
