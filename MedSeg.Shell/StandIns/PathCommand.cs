using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>A command on paths, with wildcards or as they stand.</summary>
public abstract class PathCommand : PSCmdlet
{
    /// <summary>The parameter set whose paths may hold wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set whose paths are taken as they stand.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Gets or sets the paths; wildcards are expanded.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the paths, taken as they stand.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets a value indicating whether paths are taken as they stand.</summary>
    protected bool IsLiteral => ParameterSetName == LiteralPathSet;

    /// <summary>Works on one path as it was given.</summary>
    /// <param name="path">The path.</param>
    protected abstract void Process(string path);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in IsLiteral ? LiteralPath : Path)
        {
            try
            {
                Process(path);
            }
            catch (Exception e) when (e is IContainsErrorRecord or IOException or UnauthorizedAccessException && e is not PipelineStoppedException)
            {
                WriteError(e is IContainsErrorRecord found
                    ? new ErrorRecord(found.ErrorRecord, e)
                    : new ErrorRecord(e, "FileError", ErrorCategory.NotSpecified, path));
            }
        }
    }

    /// <summary>Expands a path to files of the file system.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Absolute paths.</returns>
    protected Collection<string> ToFiles(string path)
    {
        ProviderInfo provider;
        Collection<string> files;
        if (IsLiteral)
        {
            files = [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)];
        }
        else
        {
            files = GetResolvedProviderPathFromPSPath(path, out provider);
        }

        return provider.Name == "FileSystem"
            ? files
            : throw new PSNotSupportedException($"{path}: only files are supported here.");
    }
}
