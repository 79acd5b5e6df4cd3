using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MedSeg.Completion;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes folds: those of -FoldPath, or 1 to -Folds.</summary>
public sealed class FoldCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        IEnumerable<int> folds = PathOf(bound["FoldPath"]) is { } path ? Completions.Folds(path)
            : int.TryParse(bound["Folds"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? Enumerable.Range(1, count)
            : [];
        return Matching(typed, folds.Select(fold => (fold.ToString(CultureInfo.InvariantCulture), $"Hold out fold {fold}")));
    }
}
