using System.Collections;
using System.Management.Automation;

namespace MedSeg.PowerShell.Completion;

/// <summary>Offers folders, and those files that the parameter is for.</summary>
public abstract class PathCompleter : CompletionSource
{
    /// <summary>Tells whether a file is to be offered.</summary>
    /// <param name="name">Its name.</param>
    private protected abstract bool IsOffered(string name);

    /// <summary>Describes a folder.</summary>
    /// <param name="path">Its absolute path.</param>
    private protected virtual string Describe(string path) => path;

    /// <inheritdoc/>
    private protected override IEnumerable<CompletionResult> Offer(string typed, IDictionary bound)
    {
        int end = typed.LastIndexOfAny(['/', '\\']) + 1;
        (string before, string beginning) = (typed[..end], typed[end..]);
        try
        {
            // What was typed stays as it is: a relative path is completed to a relative one.
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
