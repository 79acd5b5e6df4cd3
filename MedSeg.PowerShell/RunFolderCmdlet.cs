using System.Management.Automation;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that look for training runs in folders.</summary>
public abstract class RunFolderCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the folders of the runs, or folders above them; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["."];

    /// <summary>Gets or sets the folders, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "OutputPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Returns the folders that were given.</summary>
    /// <returns>Their absolute paths.</returns>
    private protected IEnumerable<string> FindFolders()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        return ResolveAll(isLiteral ? LiteralPath : Path, isLiteral);
    }
}
