using System.Management.Automation;
using MedSeg.Data;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;
using MedSeg.Training;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that train on a part of a data set: which slices are held out.</summary>
public abstract class HeldOutCmdlet : TrainingCmdlet
{
    /// <summary>Gets or sets the share of patients that are held out.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxValidationFraction)]
    [DecimalPoint]
    public double ValidationFraction { get; set; }

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, TrainingOptions.MaxFolds)]
    public int Folds { get; set; }

    /// <summary>Gets or sets the fold that is held out.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(FoldCompleter))]
    public int Fold { get; set; } = 1;

    /// <summary>Gets or sets the data set to validate on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }
}
