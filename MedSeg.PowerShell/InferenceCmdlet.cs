using System.Management.Automation;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell;

/// <summary>What the commands that use a model share: how slices are computed, and what becomes of their masks.</summary>
public abstract class InferenceCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets whether only the largest part of each ROI is kept.</summary>
    [Parameter]
    public SwitchParameter KeepLargestComponent { get; set; }

    /// <summary>Gets or sets whether holes are filled.</summary>
    [Parameter]
    public SwitchParameter FillHoles { get; set; }

    /// <summary>Gets or sets whether each slice is looked at several times.</summary>
    [Parameter]
    public SwitchParameter TestTimeAugmentation { get; set; }

    /// <summary>Gets or sets the slices at once.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; } = 4;

    /// <summary>Gets or sets the library that computes.</summary>
    [Parameter]
    public InferenceBackend Backend { get; set; }

    /// <summary>Gets or sets the device.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "Auto";

    /// <summary>Gets or sets whether existing files are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Makes the options of segmentation.</summary>
    /// <param name="outputPath">The absolute path of the folder of the masks; empty where none are written.</param>
    /// <returns>The options.</returns>
    protected SegmentationOptions Options(string outputPath) => new()
    {
        OutputPath = outputPath,
        KeepLargestComponent = KeepLargestComponent,
        FillHoles = FillHoles,
        TestTimeAugmentation = TestTimeAugmentation,
        BatchSize = BatchSize,
        Backend = Backend,
        Device = Device,
        Force = Force,
    };
}
