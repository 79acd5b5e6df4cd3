using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes usual sides of decoded slices; others are possible.</summary>
public sealed class InputSizeCompleter : CompletionSource
{
    private static readonly int[] s_sizes = [64, 96, 128, 192, 256, 320, 384, 512];

    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound) =>
        Matching(typed, s_sizes.Select(size => (size.ToString(CultureInfo.InvariantCulture), $"{size} × {size} pixels")));
}
