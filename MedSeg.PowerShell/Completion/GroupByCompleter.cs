using System.Collections;
using System.Management.Automation;
using MedSeg.Data.Samples;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes what keeps samples together: properties of a sample.</summary>
public sealed class GroupByCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound) => Matching(typed,
    [
        (nameof(Sample.Patient), "Samples of a patient (PatientID)"),
        (nameof(Sample.Group), "Samples of a group: the column group of -PairsPath, or the data set that Join-MedSegDataset took them from"),
    ]);
}
