namespace MedSeg.PowerShell.Completion;

/// <summary>Completes packages: .nupkg.</summary>
public sealed class NativePackageCompleter : PathCompleter
{
    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => Path.GetExtension(name).Equals(".nupkg", StringComparison.OrdinalIgnoreCase);
}
