using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference.Backends;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Training;
using MedSeg.Training.Splits;

namespace MedSeg.Evaluation;

/// <summary>Finds the slices of a data set that models were not trained on.</summary>
internal static class HeldOutParts
{
    /// <summary>
    /// Returns the slices for models that segment together: those that a model's own split of the data set held out, or all if it was not
    /// trained on this data set.
    /// </summary>
    /// <param name="paths">The absolute paths of the models.</param>
    /// <param name="dataset">The data set.</param>
    /// <exception cref="MedSegException">
    /// A model cannot be read or does not fit the data set, or was trained on its slices (<c>NotHeldOut</c>).
    /// </exception>
    public static HeldOutPart Of(IReadOnlyList<string> paths, Dataset dataset)
    {
        ModelEnsemble models = Read(paths, dataset);
        Sample[] usable = Usable(dataset);
        Sample[][] held = [.. models.Models.Select(model => HeldOut(model, dataset, usable))];
        return held.Length > 1 && Array.FindIndex(held, samples => samples.Length < usable.Length) is var index and >= 0
            ? throw NotHeldOut(models.Models[index].Path, $"The model was trained on {usable.Length - held[index].Length} of the {usable.Length} slices of the data set, so the models together know them.", "Give the result of the cross-validation as -CrossValidation, or use slices that no model was trained on.")
            : new HeldOutPart(models, held[0]);
    }

    /// <summary>Returns the slices for each fold of a cross-validation.</summary>
    /// <param name="validation">The cross-validation.</param>
    /// <param name="dataset">The data set that was divided into folds.</param>
    /// <exception cref="MedSegException">A model cannot be read or does not fit the data set, or the data set has other slices (<c>HeldOutUnknown</c>).</exception>
    public static IReadOnlyList<HeldOutPart> Of(CrossValidationResult validation, Dataset dataset)
    {
        var usable = Usable(dataset).ToLookup(sample => sample.Name, StringComparer.Ordinal);
        return [.. HeldOutSlices.Of(dataset, validation).Select(fold => new HeldOutPart(
            Read([fold.Model], dataset),
            [.. fold.Names.Select(name => usable[name].FirstOrDefault() ?? throw Missing(validation, name, dataset))]))];
    }

    private static ModelEnsemble Read(IReadOnlyList<string> paths, Dataset dataset)
    {
        var models = ModelEnsemble.Read(paths);
        foreach (SegmentationModel model in models.Models)
        {
            ModelEvaluator.Require(model, dataset);
            if (model.Onnx is not null)
            {
                throw ModelSignature.NotMedSegModel(ModelFormat.Onnx, model.Path);
            }
        }

        return models;
    }

    private static Sample[] HeldOut(SegmentationModel model, Dataset dataset, Sample[] usable)
    {
        if (model.Training is not { TrainingData: { } known, Options: { } options })
        {
            return usable;
        }

        if (IsTrainedOn(known, usable, dataset) || (options.FoldPath is not null && usable.Length == model.Training.TrainingSlices + model.Training.ValidationSlices))
        {
            throw NotHeldOut(model.Path, "The model was trained on this data set.", "Use patients that were held out, or the result of a cross-validation as -CrossValidation.");
        }

        return options.FoldPath is null && Split(options, dataset) is { Validation.Count: > 0 } split && IsTrainedOn(known, split.Training, dataset)
            ? [.. split.Validation]
            : usable;
    }

    private static bool IsTrainedOn(TrainingDataProfile known, IReadOnlyList<Sample> samples, Dataset dataset) =>
        TrainingDataProfile.Of(samples, dataset.InputSize) is { } profile && profile.IsOfSameSlices(known);

    // Where the split of the training is impossible, the data set is another one.
    private static PatientSplit? Split(TrainingOptions options, Dataset dataset)
    {
        try
        {
            return PatientSplit.Create(dataset, options.Split);
        }
        catch (MedSegException)
        {
            return null;
        }
    }

    private static Sample[] Usable(Dataset dataset) => [.. dataset.Samples.Where(s => s.IsUsable)];

    // Another data set may have slices of the same names, which the models may have learned.
    private static MedSegException Missing(CrossValidationResult validation, string name, Dataset dataset) =>
        new(ErrorKind.InvalidArgument, ErrorIds.HeldOutUnknown, $"The slice '{name}' of the cross-validation '{validation.ModelName}' is not in the data set.", dataset.LabelPath)
        {
            Advice = "Use the data set that was cross-validated.",
        };

    private static MedSegException NotHeldOut(string path, string finding, string advice) =>
        new(ErrorKind.InvalidArgument, ErrorIds.NotHeldOut, $"{path}: {finding} What a model does on slices that it has learned says nothing about others.", path) { Advice = advice };
}
