using System.Collections;
using System.Management.Automation;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes the names of the runs in the folder that the other parameters name.</summary>
public sealed class RunNameCompleter : CompletionSource
{
    private const string Extension = ".run.json";

    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        string folder = PathOf(bound["OutputPath"] ?? bound["Path"] ?? bound["LiteralPath"]) ?? Location();
        try
        {
            return Matching(typed, Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.OrdinalIgnoreCase).Select(file => (Path.GetFileName(file)[..^Extension.Length], file)).ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
