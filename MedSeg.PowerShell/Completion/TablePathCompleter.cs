namespace MedSeg.PowerShell.Completion;

/// <summary>Completes tables: .csv, .tsv and .txt.</summary>
public sealed class TablePathCompleter : PathCompleter
{
    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => Path.GetExtension(name).ToLowerInvariant() is ".csv" or ".tsv" or ".txt";
}
