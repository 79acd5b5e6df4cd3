using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Inference.Backends;
using MedSeg.Training;
using MedSeg.Training.Splits;

namespace MedSeg.Evaluation;

/// <summary>Which slices of a data set a model was not trained on.</summary>
internal static class HeldOutSlices
{
    private const string SameImport = "Import the data set as for the training, with the same files and options, or give the result of the cross-validation as -CrossValidation.";

    /// <summary>Lists the slices of each fold of a cross-validation.</summary>
    /// <param name="dataset">The data set that was cross-validated.</param>
    /// <param name="validation">The result.</param>
    /// <returns>The path of each fold's model with the names of its held-out slices.</returns>
    /// <exception cref="MedSegException"><c>HeldOutUnknown</c>: the data set has a slice that no fold held out.</exception>
    public static IReadOnlyList<(string Model, IReadOnlySet<string> Names)> Of(Dataset dataset, CrossValidationResult validation)
    {
        (string Model, IReadOnlySet<string> Names)[] held = [.. validation.Folds.Select(fold => (fold.ModelPath, (IReadOnlySet<string>)fold.HeldOut.ToHashSet(StringComparer.Ordinal)))];
        return dataset.Samples.FirstOrDefault(s => s.IsUsable && !Array.Exists(held, h => h.Names.Contains(s.Name))) is { } unknown
            ? throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.HeldOutUnknown, $"The slice '{unknown.Name}' was in no fold of the cross-validation '{validation.ModelName}'.", dataset.LabelPath)
            {
                Advice = "Use the data set that was cross-validated, or give the models as -Model.",
            }
            : held;
    }

    /// <summary>
    /// Lists the slices that a model was not trained on, by the split that its options make of the data set. A data set of another size
    /// than that of the training is another one, of which the model saw nothing.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="model">The model.</param>
    /// <param name="foldPath">The absolute path of the fold file of the training; null if there was none. A model does not contain it.</param>
    /// <returns>The names of the slices.</returns>
    /// <exception cref="MedSegException">
    /// <c>HeldOutUnknown</c>: the data set has as many slices as that of the training, but its split would be
    /// another one, or needs a fold file.
    /// </exception>
    public static IReadOnlySet<string> Of(Dataset dataset, SegmentationModel model, string? foldPath)
    {
        var all = dataset.Samples.Where(s => s.IsUsable).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        if (model.Training is not { } training || training.TrainingSlices + (HasSplit(training) ? training.ValidationSlices : 0) != all.Count)
        {
            return all;
        }

        if (!HasSplit(training))
        {
            return new HashSet<string>();
        }

        if (training.Options.FoldPath is not null && foldPath is null)
        {
            throw Unknown(model.Path, $"The folds of its training are in a file, {training.Options.FoldPath}.", "Give it as -FoldPath, or the result of the cross-validation as -CrossValidation.");
        }

        SplitOptions options = training.Options.Split with { FoldPath = training.Options.FoldPath is null ? null : foldPath };
        PatientSplit split = Split(dataset, options, model.Path);
        return (split.Training.Count, split.Validation.Count) == (training.TrainingSlices, training.ValidationSlices)
            ? split.Validation.Select(s => s.Name).ToHashSet(StringComparer.Ordinal)
            : throw Unknown(
                model.Path,
                $"It was trained on {training.TrainingSlices} slices and validated on {training.ValidationSlices}, but the split of this data set has {split.Training.Count} and {split.Validation.Count}.",
                SameImport);
    }

    private static PatientSplit Split(Dataset dataset, SplitOptions options, string modelPath)
    {
        try
        {
            return PatientSplit.Create(dataset, options);
        }
        catch (MedSegException e) when (e.ErrorId is ErrorIds.TooFewPatients or ErrorIds.OnePatientOnly or ErrorIds.GroupByNoMatch)
        {
            throw Unknown(modelPath, $"Its training split the data set, which is not possible with this one: {e.Finding}", SameImport);
        }
    }

    private static bool HasSplit(TrainingSummary training) => training.Options.Split.HasFolds || training.Options.ValidationFraction > 0;

    private static MedSegException Unknown(string modelPath, string finding, string advice) =>
        new(ErrorKind.InvalidArgument, ErrorIds.HeldOutUnknown, $"{modelPath}: It is not known which slices of this data set the model did not see. {finding}", modelPath) { Advice = advice };
}
