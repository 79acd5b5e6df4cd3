using System.Collections;
using System.Management.Automation;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes folders, and files of the kind that the parameter accepts.</summary>
public abstract class PathCompleter : CompletionSource
{
    /// <summary>Tells whether a file is offered.</summary>
    /// <param name="name">The name of the file.</param>
    private protected abstract bool IsOffered(string name);

    /// <summary>Describes a folder.</summary>
    /// <param name="path">The absolute path of the folder.</param>
    private protected virtual string Describe(string path) => path;

    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        int end = typed.LastIndexOfAny(['/', '\\']) + 1;
        (string before, string beginning) = (typed[..end], typed[end..]);
        try
        {
            // A relative path stays relative.
            return
            [
                .. new DirectoryInfo(Path.GetFullPath(before.Length == 0 ? "." : before, Location())).EnumerateFileSystemInfos()
                    .Where(item => item.Name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) && (item.Attributes & FileAttributes.Hidden) == 0 && (item is DirectoryInfo || IsOffered(item.Name)))
                    .OrderBy(item => item is DirectoryInfo).ThenBy(item => item.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(item => new CompletionResult(Quote(before + item.Name), item.Name, item is DirectoryInfo ? CompletionResultType.ProviderContainer : CompletionResultType.ProviderItem, item is DirectoryInfo ? Describe(item.FullName) : item.FullName)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
