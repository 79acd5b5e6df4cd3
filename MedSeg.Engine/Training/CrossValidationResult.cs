using MedSeg.Training.Runs;
using MedSeg.Wording;

namespace MedSeg.Training;

/// <summary>The scores of a cross-validation.</summary>
public sealed record CrossValidationResult
{
    /// <summary>Gets the start of the models' names, which -fold1 and so on follow.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets the folder of the models.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the mean over the folds of their mean held-out Dice, from 0 to 1.</summary>
    public required double Dice { get; init; }

    /// <summary>Gets the standard deviation over the folds (divided by n − 1).</summary>
    public required double? Deviation { get; init; }

    /// <summary>Gets the score of each ROI.</summary>
    public required IReadOnlyList<FoldSummary> Rois { get; init => field = ItemList<FoldSummary>.Of(value); }

    /// <summary>Gets the score and the model of each fold.</summary>
    public required IReadOnlyList<FoldScore> Folds { get; init; }

    /// <summary>Gets the absolute paths of the models of all folds, which segment better together than alone.</summary>
    public IReadOnlyList<string> ModelPaths => Folds.Select(fold => fold.ModelPath).ToArray();

    /// <summary>Summarises folds.</summary>
    internal static CrossValidationResult Of(RunOptions run, IReadOnlyList<string> names, IReadOnlyList<FoldScore> folds)
    {
        var all = FoldSummary.Of(string.Empty, folds.Select(f => f.Dice));
        return new CrossValidationResult
        {
            ModelName = run.ModelName,
            OutputPath = run.OutputPath,
            Dice = all.Dice,
            Deviation = all.Deviation,

            // An array, because PowerShell cannot index the list type that a collection expression creates.
            Rois = names.Select((name, roi) => FoldSummary.Of(name, folds.Select(f => f.Rois[roi].Dice))).ToArray(),
            Folds = folds,
        };
    }
}
