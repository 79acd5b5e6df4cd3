using System.Collections;
using System.Management.Automation;
using MedSeg.Completion;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes ROI names: those in the masks of the data set, and those of the models in this folder and its subfolders.</summary>
public sealed class LabelNameCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        string? labels = PathOf(bound["LabelPath"]) ?? (PathOf(bound["Path"]) is { } path ? Path.Combine(path, "labels") : null);
        IEnumerable<(string, string)> stated = labels is null ? [] : Completions.LabelNames(labels).Select(name => (name, $"In a mask in {labels}"));
        return Matching(typed, stated.Concat(Completions.LabelNamesOfModels(Location()).Select(name => (name, "In a model in this folder"))).DistinctBy(offer => offer.Item1, StringComparer.OrdinalIgnoreCase));
    }
}
