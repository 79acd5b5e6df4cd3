using MedSeg.Errors;
using MedSeg.Models;
using MedSeg.Threading;

namespace MedSeg.Inference.Backends;

/// <summary>The models that segment together. One model alone is an ensemble of one.</summary>
/// <param name="Models">The models, at least one; they have the same ROIs and prepare images in the same way.</param>
internal sealed record ModelEnsemble(IReadOnlyList<SegmentationModel> Models)
{
    /// <summary>
    /// Gets the first model: what all have in common, and the training images that new ones are compared with. Its post-processing is what
    /// all do, and its calibration that of all; if one of them has none, it has none.
    /// </summary>
    public SegmentationModel First { get; } = Models[0] with
    {
        Description = Models[0].Description with
        {
            PostProcessing = SharedPostProcessing(Models),
            Calibration = Models.All(m => m.Description.Calibration is not null) ? ConfidenceCalibration.Join([.. Models.Select(m => m.Description.Calibration!)]) : null,
        },
    };

    /// <summary>Reads models.</summary>
    /// <param name="paths">The absolute paths of models, checkpoints and ONNX files, at least one.</param>
    /// <exception cref="MedSegException">
    /// There is no path; a model cannot be read; or the models do not work together (<c>ModelsDiffer</c>): they have other ROIs, the same
    /// in another order, or another preprocessing.
    /// </exception>
    public static ModelEnsemble Read(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        SegmentationModel[] models = [.. paths.Select(SegmentationModel.Read)];
        foreach (SegmentationModel model in models.Skip(1))
        {
            RequireSame(model, models[0]);
        }

        return new ModelEnsemble(models);
    }

    /// <summary>Loads the libraries and all models.</summary>
    /// <param name="requested">What computes, and how.</param>
    /// <param name="events">Receives what computes, and a warning where that is slow; or null.</param>
    /// <exception cref="MedSegException">Library or device cannot be used.</exception>
    public ISegmentationBackend Open(BackendChoice requested, EngineEvents? events)
    {
        if (Models.Count == 1)
        {
            return InferenceBackendFactory.Open(First, requested, events);
        }

        var opened = new List<ISegmentationBackend>();
        try
        {
            foreach (SegmentationModel model in Models)
            {
                opened.Add(InferenceBackendFactory.Open(model, requested, opened.Count == 0 ? events : null));
            }

            events?.Decision?.Invoke($"The probabilities of {Models.Count} models are averaged: {string.Join(", ", Models.Select(m => Path.GetFileName(m.Path)))}.");
            return new EnsembleBackend(opened);
        }
        catch
        {
            opened.ForEach(member => member.Dispose());
            throw;
        }
    }

    private static IReadOnlyList<RoiPostProcessing>? SharedPostProcessing(IReadOnlyList<SegmentationModel> models) =>
        models.Any(m => m.Description.PostProcessing is null)
            ? null
            : models.Select(m => m.Description.PostProcessing!).Aggregate((all, own) => [.. all.Zip(own, (a, b) => a.Shared(b))]);

    private static void RequireSame(SegmentationModel model, SegmentationModel first)
    {
        List<string> differences = [.. model.Description.Data.Differences(first.Description.Data, "this model", "the first one")];
        if (model.Description.Preprocessing.LabelResampling != first.Description.Preprocessing.LabelResampling)
        {
            differences.Add($"the labels were resized by {model.Description.Preprocessing.LabelResampling} for this model and by {first.Description.Preprocessing.LabelResampling} for the first one");
        }

        if (differences.Count > 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ModelsDiffer, $"{model.Path}: The model cannot work together with {first.Path}: {string.Join("; ", differences)}.", model.Path)
            {
                Advice = "Use models that were trained on data sets with the same ROIs and the same import options, for example the folds of one cross-validation.",
            };
        }
    }
}
