namespace MedSeg.Training.Splits;

/// <summary>Which samples are held out; the training options give the ranges.</summary>
internal sealed record SplitOptions
{
    /// <summary>Gets the share of patients that are held out, from 0 to below 1.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Gets the number of folds of a cross-validation; 0 for none.</summary>
    public int Folds { get; init; }

    /// <summary>Gets the fold that is held out, from 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Gets the absolute path of a file that lists the fold of each sample; null to draw folds by group.</summary>
    public string? FoldPath { get; init; }

    /// <summary>Gets what keeps samples together: a property such as Patient, or a regular expression on the name; null for the patient.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Gets the seed of the random split.</summary>
    public int Seed { get; init; }
}
