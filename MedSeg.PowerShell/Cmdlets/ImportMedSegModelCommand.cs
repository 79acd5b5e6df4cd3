using System.Management.Automation;
using MedSeg.Files;
using MedSeg.Interchange;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Makes a MedSeg model of weights that another program wrote.</summary>
[Cmdlet(VerbsData.Import, "MedSegModel", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ModelInfo))]
public sealed class ImportMedSegModelCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the file; wildcards are taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the file, taken as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the model to write.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the names of the ROIs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelNameCompleter))]
    public string[]? LabelName { get; set; }

    /// <summary>Gets or sets the side of the input.</summary>
    [Parameter]
    [ValidateRange(16, 4096)]
    public int? InputSize { get; set; }

    /// <summary>Gets or sets how intensities are normalised.</summary>
    [Parameter]
    public Normalization? Normalization { get; set; }

    /// <summary>Gets or sets how slices are resized.</summary>
    [Parameter]
    public ResizeMode? ResizeMode { get; set; }

    /// <summary>Gets or sets whether an existing model is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string target = Resolve(OutputPath);
        string source = ResolveOne(ParameterSetName == "LiteralPath" ? LiteralPath : Path, ParameterSetName == "LiteralPath");
        RefuseToOverwrite(target, Force);

        // Read before asking: a file that cannot be imported is told by -WhatIf, too.
        SafetensorsFile model = Try(() => ModelImporter.Import(source, new ModelImportOptions { LabelNames = LabelName, InputSize = InputSize, Normalization = Normalization, ResizeMode = ResizeMode }));
        if (ShouldProcess(target, $"Import the network of {source}"))
        {
            WriteObject(Try(() =>
            {
                AtomicFile.Write(target, model.Write);
                return ModelFile.Describe(target);
            }));
        }
    }
}
