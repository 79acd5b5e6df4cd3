using System.Management.Automation;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that convert a model file: source and target.</summary>
public abstract class ModelFileCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the file to read; wildcards must match one file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the file to read, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ModelPath")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the file to write.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateOutputName]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Resolves both paths; ends the command if the target would be overwritten without -Force.</summary>
    /// <returns>The absolute paths of the source and of the target.</returns>
    protected (string Source, string Target) Files()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        string target = Resolve(OutputPath);
        string source = ResolveOne(isLiteral ? LiteralPath : Path, isLiteral);
        RefuseToOverwrite(target, Force);
        return (source, target);
    }
}
