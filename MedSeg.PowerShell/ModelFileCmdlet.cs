using System.Management.Automation;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell;

/// <summary>What the commands share that make a file of the file of a model: from where to where.</summary>
public abstract class ModelFileCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the file to read; wildcards are taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the file to read, taken as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ModelPath")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the file to write.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Settles which files are meant; ends the command where one would be overwritten without -Force.</summary>
    /// <returns>The absolute paths of the file to read and of the file to write.</returns>
    protected (string Source, string Target) Files()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        string target = Resolve(OutputPath);
        string source = ResolveOne(isLiteral ? LiteralPath : Path, isLiteral);
        RefuseToOverwrite(target, Force);
        return (source, target);
    }
}
