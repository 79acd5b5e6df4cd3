using System.Management.Automation;
using MedSeg.Inference.Backends;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that compute with a model: how many slices at once, with which library and where.</summary>
public abstract class ModelCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the batch size.</summary>
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
}
