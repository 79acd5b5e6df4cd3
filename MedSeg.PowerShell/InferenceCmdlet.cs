using System.Management.Automation;
using MedSeg.Devices;
using MedSeg.Inference;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that apply a model and clean up its masks.</summary>
public abstract class InferenceCmdlet : ModelCmdlet
{
    /// <summary>Gets or sets whether only the largest component of each ROI is kept.</summary>
    [Parameter]
    public SwitchParameter KeepLargestComponent { get; set; }

    /// <summary>Gets or sets whether holes are filled.</summary>
    [Parameter]
    public SwitchParameter FillHoles { get; set; }

    /// <summary>Gets or sets whether the post-processing in the model is left out.</summary>
    [Parameter]
    public SwitchParameter SkipPostProcessing { get; set; }

    /// <summary>Gets or sets whether probabilities are averaged over several views of each slice.</summary>
    [Parameter]
    public SwitchParameter TestTimeAugmentation { get; set; }

    /// <summary>Gets or sets whether the masks of older models stay where they are.</summary>
    [Parameter]
    public SwitchParameter KeepLabelShift { get; set; }

    /// <summary>Gets or sets the number format of the convolutions.</summary>
    [Parameter]
    public Precision Precision { get; set; }

    /// <summary>Gets or sets whether existing files are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Collects the parameters.</summary>
    /// <returns>The options of inference.</returns>
    protected InferenceOptions Options() => new()
    {
        KeepLargestComponent = KeepLargestComponent,
        FillHoles = FillHoles,
        SkipPostProcessing = SkipPostProcessing,
        TestTimeAugmentation = TestTimeAugmentation,
        KeepLabelShift = KeepLabelShift,
        BatchSize = BatchSize,
        Backend = Backend,
        Device = Device,
        Precision = Precision,
    };
}
