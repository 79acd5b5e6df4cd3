using System.Management.Automation;
using MedSeg.Data.Samples;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Converts the weights of another program to a MedSeg model.</summary>
[Cmdlet(VerbsData.Import, "MedSegModel", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ModelInfo))]
public sealed class ImportMedSegModelCommand : ModelFileCmdlet
{
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

    /// <summary>Gets or sets the side of a pixel of the input, in mm.</summary>
    [Parameter]
    [ValidateRange(Preprocessing.MinimumPixelSize, Preprocessing.MaximumPixelSize)]
    [DecimalPoint]
    public double? PixelSize { get; set; }

    /// <summary>Gets or sets the channels of the images, in the order of the network's input.</summary>
    [Parameter]
    public object[] Channel { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (string source, string target) = Files();

        // Read before ShouldProcess, so that -WhatIf also reports a file that cannot be imported.
        var options = new ModelImportOptions { LabelNames = LabelName, InputSize = InputSize, Normalization = Normalization, ResizeMode = ResizeMode, PixelSize = PixelSize, Channels = Try(() => ChannelParameter.Read(Channel)) };
        SafetensorsFile model = Try(() => ModelImporter.Import(source, options));
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
