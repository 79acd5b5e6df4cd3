using System.Collections;
using System.Management.Automation;
using MedSeg.Completion;

namespace MedSeg.PowerShell.Completion;

/// <summary>Offers names of ROIs: those that the data set's masks state, and those of the models in this folder and the folders in it.</summary>
public sealed class LabelNameCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        string? labels = PathOf(bound["LabelPath"]) ?? (PathOf(bound["Path"]) is { } path ? Path.Combine(path, "labels") : null);
        IEnumerable<(string, string)> stated = labels is null ? [] : Completions.LabelNames(labels).Select(name => (name, $"Stated by a mask in {labels}"));
        return Matching(typed, stated.Concat(Completions.LabelNamesOfModels(Location()).Select(name => (name, "An ROI of a model here"))).DistinctBy(offer => offer.Item1, StringComparer.OrdinalIgnoreCase));
    }
}
