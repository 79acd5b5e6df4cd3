using MedSeg.Errors;

namespace MedSeg.Training.Splits;

/// <summary>Which samples are held out. <see cref="TrainingOptions"/> states the ranges.</summary>
internal sealed record SplitOptions
{
    /// <summary>Gets the share of patients that are held out, from 0 to below 1.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Gets the number of folds; 0 for none.</summary>
    public int Folds { get; init; }

    /// <summary>Gets the fold that is held out, from 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Gets the absolute path of a file that lists the fold of each sample; null to divide the groups into <see cref="Folds"/>.</summary>
    public string? FoldPath { get; init; }

    /// <summary>Gets what keeps samples together: a property such as Patient, or a regular expression on the name; null for the patient.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Gets the seed of the random split.</summary>
    public int Seed { get; init; }

    /// <summary>Gets a value indicating whether folds are asked for, by number or by a file.</summary>
    public bool HasFolds => Folds > 0 || FoldPath is not null;

    /// <summary>Checks that the options do not contradict each other.</summary>
    /// <exception cref="MedSegException">
    /// There are folds and a fraction (<c>ValidationTwice</c>), a fold without folds (<c>OptionMissing</c>), or a fold above the last one
    /// (<c>FoldInvalid</c>).
    /// </exception>
    public void Validate()
    {
        if (ValidationFraction > 0 && HasFolds)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ValidationTwice, "Both folds and a validation fraction were given.")
            {
                Advice = "Give only one of -ValidationFraction, -Folds and -FoldPath.",
            };
        }

        if (Fold > 1 && !HasFolds)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, $"-Fold {Fold} was given without -Folds or -FoldPath, so there are no folds.")
            {
                Advice = "Give the number of -Folds, or a -FoldPath, too.",
            };
        }

        if (FoldPath is null && Folds > 0 && Fold > Folds)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FoldInvalid, $"-Fold {Fold} was given, but there are {Folds} folds.")
            {
                Advice = $"Give a -Fold from 1 to {Folds}.",
            };
        }
    }
}
