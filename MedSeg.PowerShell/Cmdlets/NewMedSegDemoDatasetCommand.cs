using System.Management.Automation;
using MedSeg.Data.Demo;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Creates a demo data set on disk.</summary>
[Cmdlet(VerbsCommon.New, "MedSegDemoDataset", SupportsShouldProcess = true)]
[OutputType(typeof(DemoDataset))]
public sealed class NewMedSegDemoDatasetCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the folder to create.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateOutputName]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the number of training patients.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Patients { get; set; } = 10;

    /// <summary>Gets or sets the number of held-out patients.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int HeldOutPatients { get; set; } = 4;

    /// <summary>Gets or sets the number of slices of each patient.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int SlicesPerPatient { get; set; } = 8;

    /// <summary>Gets or sets the seed.</summary>
    [Parameter]
    public int Seed { get; set; } = 1;

    /// <summary>Gets or sets whether an earlier demo data set is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string root = Resolve(Path);
        if (ShouldProcess(root, "Create a demo data set"))
        {
            var options = new DemoDatasetOptions
            {
                Root = root,
                TrainingPatients = Patients,
                HeldOutPatients = HeldOutPatients,
                SlicesPerPatient = SlicesPerPatient,
                Seed = Seed,
                Force = Force,
            };
            WriteObject(TryWithProgress($"Creating {root}", progress => DemoDataset.Create(options, progress.Events, StopToken)));
        }
    }
}
