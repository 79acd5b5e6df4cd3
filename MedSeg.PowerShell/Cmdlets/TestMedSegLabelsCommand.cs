using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Files;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Inspects the label masks of a data set.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MedSegLabels", DefaultParameterSetName = "Reports", SupportsShouldProcess = true)]
[OutputType(typeof(LabelReport), ParameterSetName = ["Reports"])]
[OutputType(typeof(bool), ParameterSetName = ["Quiet"])]
[OutputType(typeof(DatasetInspection), ParameterSetName = ["Summary"])]
public sealed class TestMedSegLabelsCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the data set that training will be validated on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <summary>Gets or sets whether to return only true or false.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Quiet")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Gets or sets whether to return one object for the whole data set.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Summary")]
    public SwitchParameter Summary { get; set; }

    /// <summary>Gets or sets the HTML page to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    /// <summary>Gets or sets whether an existing page is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? page = ReportPath is null ? null : Resolve(ReportPath);
        if (page is not null)
        {
            RefuseToOverwrite(page, Force);
        }

        DatasetInspection inspection = Try(() => DatasetInspector.Inspect(Dataset, ValidationDataset));
        WriteVerbose($"{Dataset.LabelPath}: of {inspection.Reports.Count} samples {inspection.Invalid} cannot be used and {inspection.Suspect} are suspect.");
        if (page is not null && ShouldProcess(page, "Write the inspection page"))
        {
            Try(() => AtomicFile.Write(page, stream => InspectionPage.Write(stream, Dataset, inspection)));
        }

        if (Quiet)
        {
            WriteObject(inspection.IsClean);
            return;
        }

        if (Summary)
        {
            WriteObject(inspection);
            return;
        }

        foreach (LabelProblem problem in inspection.Problems)
        {
            WriteWarning(problem.Text);
        }

        WriteObject(inspection.Reports, enumerateCollection: true);
    }
}
