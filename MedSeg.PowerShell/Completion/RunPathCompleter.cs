namespace MedSeg.PowerShell.Completion;

/// <summary>Completes folders, and describes them by their training runs.</summary>
public sealed class RunPathCompleter : PathCompleter
{
    private const string Extension = ".run.json";

    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => false;

    /// <inheritdoc/>
    private protected override string Describe(string path)
    {
        string[] runs = [.. Directory.EnumerateFiles(path, "*" + Extension).Select(file => Path.GetFileName(file)[..^Extension.Length]).Order(StringComparer.OrdinalIgnoreCase)];
        return runs.Length == 0 ? path : $"{path}: {string.Join(", ", runs)}";
    }
}
