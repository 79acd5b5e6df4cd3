namespace MedSeg.PowerShell.Completion;

/// <summary>Completes files of options: .psd1 and .json.</summary>
public sealed class OptionsPathCompleter : PathCompleter
{
    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => Path.GetExtension(name).ToLowerInvariant() is ".psd1" or ".json";
}
