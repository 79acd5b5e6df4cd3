using MedSeg.Evaluation;

namespace MedSeg.Reports;

/// <summary>
/// The items of the Checklist for Artificial Intelligence in Medical Imaging (CLAIM; Mongan, Moy and Kahn, Radiology: Artificial
/// Intelligence 2020, 2(2): e200029) that a run can answer. The others are about the study, and only its authors know them.
/// </summary>
internal static class ClaimItems
{
    /// <summary>Lists the items.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rois">The scores on held-out slices; null if they were not computed.</param>
    /// <returns>The number of each item, what it asks, and the answer.</returns>
    public static IReadOnlyList<(int Number, string Item, string Answer)> Of(RunRecord run, IReadOnlyList<ModelScore>? rois) =>
    [
        (9, "Data preprocessing steps", MethodsText.Images(run)),
        (20, "How data were assigned to partitions", MethodsText.Split(run)),
        (21, "Level at which partitions are disjoint", run.Training.ValidationSlices == 0 ? "No data were held out." : run.Training.Options.GroupBy is { } group ? $"Group, by {group}." : "Patient."),
        (22, "Detailed description of model", MethodsText.Network(run) + " The layers are in the documentation of MedSeg (method.md); Get-MedSegModel -Summary lists them."),
        (23, "Software libraries, frameworks, and packages", $"{run.Model.Software ?? "MedSeg"}, which uses TorchSharp (libtorch)."),
        (24, "Initialization of model parameters", "Random, with the seed below, unless the run was started with -InitialModel, which the file does not record."),
        (25, "Details of training approach", $"{MethodsText.Optimization(run.Training.Options)} {MethodsText.Augmentation(run.Training.Options)} Seed {run.Training.Options.Seed}; one model."),
        (26, "Method of selecting the final model", MethodsText.Selection(run)),
        .. rois is null ? Array.Empty<(int, string, string)>() :
        [
            (28, "Metrics of model performance", "Dice, precision, recall, 95 % Hausdorff distance and average symmetric surface distance, per ROI; see the scores."),
            (29, "Statistical measures of significance and uncertainty", "95 % intervals by bootstrap over patients."),
            (37, "Failure analysis", "The held-out slices with the lowest mean Dice are shown on this page."),
        ],
    ];
}
