using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using MedSeg.Errors;

namespace MedSeg.PowerShell;

/// <summary>What all cmdlets have: paths of the file system, and errors with what was found and what to do.</summary>
public abstract class PathCmdlet : PSCmdlet
{
    /// <summary>Makes a path absolute, relative to PowerShell's current location. The file need not exist.</summary>
    /// <param name="path">The path as given.</param>
    /// <returns>The absolute path in the file system.</returns>
    protected string Resolve(string path)
    {
        string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        RefuseOtherProviders(path, provider);

        // PowerShell leaves slashes in paths of shares as they were given, and Windows refuses them after \\?\.
        return Path.GetFullPath(OperatingSystem.IsWindows() ? resolved.Replace('/', '\\') : resolved);
    }

    /// <summary>Expands wildcards and makes paths absolute. What exists by the name as given is taken as it is: set[1], or \\?\D:\scans.</summary>
    /// <param name="paths">The paths as given.</param>
    /// <param name="isLiteral">Whether wildcard characters are part of the name.</param>
    /// <returns>The absolute paths; a path without wildcards need not exist.</returns>
    protected IEnumerable<string> ResolveAll(IEnumerable<string> paths, bool isLiteral)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths.SelectMany(path => isLiteral || IsName(path) ? (IEnumerable<string>)[Resolve(path)] : Expand(path));
    }

    /// <summary>Expands wildcards that must match one file.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="isLiteral">Whether wildcard characters are part of the name.</param>
    /// <returns>The absolute path; a path without wildcards need not exist.</returns>
    protected string ResolveOne(string path, bool isLiteral)
    {
        string[] found = [.. ResolveAll([path], isLiteral)];
        if (found.Length > 1)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PathNotUnique, $"'{path}' matches {found.Length} files, the first of them {found[0]}.", path) { Advice = "Give the path of one file." });
        }

        return found[0];
    }

    /// <summary>Ends the command with an error.</summary>
    /// <param name="error">The error.</param>
    protected void Fail(MedSegException error) => ThrowTerminatingError(ToRecord(error));

    /// <summary>Makes an error record of an exception of the engine.</summary>
    /// <param name="error">The error.</param>
    /// <param name="target">The object at fault; null for the path of the error, or the command where it has none.</param>
    /// <returns>The record.</returns>
    protected ErrorRecord ToRecord(MedSegException error, object? target = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        ErrorCategory category = error.Kind switch
        {
            ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
            ErrorKind.InvalidData => ErrorCategory.InvalidData,
            ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
            ErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
            ErrorKind.WriteFailed => ErrorCategory.WriteError,
            _ => ErrorCategory.DeviceError,
        };
        return new ErrorRecord(error, error.ErrorId, category, target ?? error.Path ?? MyInvocation.MyCommand.Name)
        {
            ErrorDetails = new ErrorDetails(error.Finding) { RecommendedAction = error.Advice ?? $"See '{error.ErrorId}' in docs/errors.md." },
        };
    }

    // A question mark is no wildcard in \\?\D:\scans, and a backtick makes the bracket after it a part of the name.
    private bool IsName(string path)
    {
        ReadOnlySpan<char> rest = path.AsSpan(path.StartsWith(@"\\?\", StringComparison.Ordinal) ? 4 : 0);
        return !rest.ContainsAny("*?[`") || (!rest.ContainsAny("*?") && Path.Exists(Resolve(path)));
    }

    private Collection<string> Expand(string pattern)
    {
        try
        {
            Collection<string> found = SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out ProviderInfo provider);
            RefuseOtherProviders(pattern, provider);
            if (found.Count > 0)
            {
                return found;
            }
        }
        catch (ItemNotFoundException)
        {
            // The folder of the pattern does not exist, so nothing matches.
        }

        Fail(new MedSegException(ErrorKind.NotFound, ErrorIds.PathNotFound, $"'{pattern}' matches no file or folder.", pattern) { Advice = "Check the path. If ? or * are part of a name, use -LiteralPath." });
        throw new UnreachableException();
    }

    private void RefuseOtherProviders(string path, ProviderInfo provider)
    {
        if (provider.Name != "FileSystem")
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.NotFileSystem, $"'{path}' is a path of the provider {provider.Name}, not of the file system.") { Advice = "Use a path of the file system." });
        }
    }
}
