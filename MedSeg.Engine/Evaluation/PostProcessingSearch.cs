using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Inference;
using MedSeg.Labels;
using MedSeg.Metrics;
using MedSeg.Models;
using MedSeg.Options;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.Evaluation;

/// <summary>
/// Finds out on held-out slices which post-processing raises the Dice score of each ROI, and what the confidence of a model means.
/// </summary>
public static class PostProcessingSearch
{
    /// <summary>The mean Dice by which a rule must raise an ROI's score, unless another value is given.</summary>
    public const double DefaultMinimumGain = 0.002;

    // As many patients are needed to see that a rule helps more than one of them.
    private const int EnoughPatients = 3;

    /// <summary>Examines models that segment together, on slices that none of them was trained on.</summary>
    /// <param name="modelPaths">The absolute paths of the models, at least one.</param>
    /// <param name="dataset">
    /// Labelled slices. If it is the data set of the training, from which patients were held out for validation, only these are used.
    /// </param>
    /// <param name="minimumGain">The mean Dice by which a rule must raise an ROI's score to be kept, above 0 to 1.</param>
    /// <param name="options">How to compute; the options of post-processing have no effect. Null for the defaults.</param>
    /// <param name="events">Receives progress after each batch, and decisions; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>What was found; no file is changed.</returns>
    /// <exception cref="MedSegException">
    /// A model cannot be read, does not fit the data set, or was trained on it (<c>NotHeldOut</c>).
    /// </exception>
    public static PostProcessingFinding Find(IReadOnlyList<string> modelPaths, Dataset dataset, double minimumGain = DefaultMinimumGain, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var part = HeldOutParts.Of(modelPaths, dataset);
        if (part.Samples.Count < dataset.Count)
        {
            events?.Decision?.Invoke($"{modelPaths[0]}: The model was trained on this data set. Only the {part.Samples.Count} of {dataset.Count} slices that were held out are used.");
        }

        return Find([part], minimumGain, options, events, cancellationToken);
    }

    /// <summary>Examines the models of a cross-validation, each on the slices that its fold held out.</summary>
    /// <param name="validation">The cross-validation.</param>
    /// <param name="dataset">The data set that was divided into folds.</param>
    /// <param name="minimumGain">The mean Dice by which a rule must raise an ROI's score to be kept, above 0 to 1.</param>
    /// <param name="options">How to compute; the options of post-processing have no effect. Null for the defaults.</param>
    /// <param name="events">Receives progress after each batch, and decisions; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>What was found for all folds together; no file is changed.</returns>
    /// <exception cref="MedSegException">
    /// A model cannot be read or does not fit the data set, or the data set has other slices than the folds (<c>HeldOutUnknown</c>).
    /// </exception>
    public static PostProcessingFinding FindInFolds(CrossValidationResult validation, Dataset dataset, double minimumGain = DefaultMinimumGain, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(dataset);
        return Find(HeldOutParts.Of(validation, dataset), minimumGain, options, events, cancellationToken);
    }

    /// <summary>Writes what was found into a model, which then uses it. What was found before is replaced.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="modelPath">The absolute path of a model or checkpoint with the same ROIs.</param>
    /// <exception cref="MedSegException">The model cannot be read or written.</exception>
    public static void Write(PostProcessingFinding finding, string modelPath)
    {
        ArgumentNullException.ThrowIfNull(finding);
        SafetensorsFile file = SafetensorsFile.Read(modelPath);
        CheckpointState state = CheckpointFile.ReadState(file, modelPath) with
        {
            PostProcessing = [.. finding.Rois.Select(roi => roi.PostProcessing)],
            Calibration = finding.Calibration,
        };
        AtomicFile.Write(modelPath, CheckpointFile.Make(state, file.Tensors).Write);
    }

    private static PostProcessingFinding Find(IReadOnlyList<HeldOutPart> parts, double minimumGain, InferenceOptions? options, EngineEvents? events, CancellationToken cancellationToken)
    {
        options = (options ?? new InferenceOptions()) with { KeepLargestComponent = false, FillHoles = false, SkipPostProcessing = true };
        OptionRanges.Require(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumGain);
        IReadOnlyList<HeldOutSlice> slices = HeldOutPredictions.Compute(parts, options, events, cancellationToken);
        string[] paths = [.. parts.SelectMany(part => part.Models.Models.Select(model => model.Path))];
        return Find(slices, parts[0].Models.First.LabelNames, minimumGain) with { ModelPaths = paths };
    }

    /// <summary>Finds the rules for masks that were found.</summary>
    internal static PostProcessingFinding Find(IReadOnlyList<HeldOutSlice> slices, IReadOnlyList<string> names, double minimumGain)
    {
        int patients = slices.Select(s => s.Sample.Patient).Distinct().Count();
        string[] groups = [.. slices.Select((s, i) => patients >= EnoughPatients ? s.Sample.Patient : $"{i}")];
        HeldOutRoi[][] rois = [.. Enumerable.Range(1, names.Count).Select(roi => slices.Select((s, i) => s.Roi(roi, groups[i])).ToArray())];
        RoiPostProcessing[] rules = Array.ConvertAll(rois, roi => RemovalSearch.Find(roi, minimumGain));

        byte[][] masks = new byte[slices.Count][];
        double?[][] removed = new double?[slices.Count][];
        double?[][] filled = new double?[slices.Count][];
        ParallelLoop.For(slices.Count, i =>
        {
            masks[i] = Apply(slices[i], rules);
            removed[i] = Dice(slices[i], masks[i], names.Count);
            filled[i] = Dice(slices[i], Apply(slices[i], [.. rules.Select(rule => rule with { FillHoles = true })]), names.Count);
        });
        rules = [.. rules.Select((rule, k) => rule with { FillHoles = DiceGain.IsReal(groups, Column(removed, k), Column(filled, k), minimumGain) })];

        // Filling the holes of one ROI changes no other.
        double?[][] final = [.. Enumerable.Range(0, slices.Count).Select(i => rules.Select((rule, k) => rule.FillHoles ? filled[i][k] : removed[i][k]).ToArray())];
        return new PostProcessingFinding
        {
            ModelPaths = [],
            Slices = slices.Count,
            Patients = patients,

            // An array, because PowerShell cannot index the list type that a collection expression creates.
            Rois = names.Select((name, k) => Summarize(k, name, rules[k], Array.ConvertAll(rois[k], roi => roi.Dice(RoiPostProcessing.None)), Column(final, k))).ToArray(),
            Calibration = CalibrationSearch.Find([.. slices.Zip(masks)], final, names.Count),
        };
    }

    private static RoiFinding Summarize(int index, string name, RoiPostProcessing rule, double?[] before, double?[] after) => new()
    {
        Roi = index + 1,
        Name = name,
        Slices = before.Count(dice => dice is not null),
        PostProcessing = rule,
        DiceBefore = before.Average(),
        DiceAfter = after.Average(),
    };

    private static byte[] Apply(HeldOutSlice slice, IReadOnlyList<RoiPostProcessing> rules)
    {
        byte[] mask = slice.Found();
        MaskPostprocessing.Clean(mask, slice.Sample.Columns, rules, slice.PixelArea);
        return mask;
    }

    private static double?[] Dice(HeldOutSlice slice, byte[] mask, int roiCount)
    {
        byte[] truth = slice.Truth();
        byte[] found = [.. mask];
        IgnoredPixels.Exclude(truth, found);
        return [.. OverlapCounts.Of(truth, found, roiCount).Select(counts => counts.Dice)];
    }

    private static double?[] Column(double?[][] scores, int index) => Array.ConvertAll(scores, slice => slice[index]);
}
