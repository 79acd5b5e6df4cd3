using System.Collections;
using System.Management.Automation;

namespace MedSeg.PowerShell;

/// <summary>Offers the devices of this machine.</summary>
public sealed class DeviceCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound) => Matching(typed, Suggestions.Devices());
}
