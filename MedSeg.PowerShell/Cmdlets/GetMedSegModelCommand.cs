using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Interchange;
using MedSeg.Network.Definition;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Describes the files of networks.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegModel", DefaultParameterSetName = "Path")]
[OutputType(typeof(ModelInfo), typeof(NetworkLayer))]
public sealed class GetMedSegModelCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ModelPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets whether to list the layers of the network.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral).SelectMany(FilesOf))
        {
            StopToken.ThrowIfCancellationRequested();
            try
            {
                ModelInfo model = ModelFile.Describe(path);
                WriteObject(Summary ? model.ListLayers() : model, enumerateCollection: true);
            }
            catch (MedSegException e)
            {
                // One bad file does not end the list.
                WriteError(ToRecord(e));
            }
        }
    }

    private string[] FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = [.. Try(() => ModelFile.ListIn(path))];
        if (files.Length == 0)
        {
            WriteError(ToRecord(new MedSegException(ErrorKind.NotFound, ErrorIds.PathNotFound, $"{path}: The folder has no model files.", path)
            {
                Advice = "Give the folder that training wrote to, or the path of a .safetensors, .onnx or .pt file.",
            }));
        }

        return files;
    }
}
