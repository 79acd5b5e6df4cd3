using System.Collections;
using System.Management.Automation;
using MedSeg.Completion;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes the devices of this machine.</summary>
public sealed class DeviceCompleter : CompletionSource
{
    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound) => Matching(typed, Completions.Devices());
}
