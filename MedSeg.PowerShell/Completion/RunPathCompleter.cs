namespace MedSeg.PowerShell.Completion;

/// <summary>Offers folders, and says of those that hold training runs which ones.</summary>
public sealed class RunPathCompleter : PathCompleter
{
    private const string Ending = ".run.json";

    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => false;

    /// <inheritdoc/>
    private protected override string Describe(string path)
    {
        string[] runs = [.. Directory.EnumerateFiles(path, "*" + Ending).Select(file => Path.GetFileName(file)[..^Ending.Length]).Order(StringComparer.OrdinalIgnoreCase)];
        return runs.Length == 0 ? path : $"{path}: {string.Join(", ", runs)}";
    }
}
