using System.Management.Automation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Reports on the label masks of a data set.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MedSegLabels")]
[OutputType(typeof(LabelReport), typeof(bool))]
public sealed class TestMedSegLabelsCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets whether to answer with a Boolean only.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Quiet)
        {
            WriteObject(Dataset.Samples.All(s => s.IsUsable));
            return;
        }

        foreach (Sample sample in Dataset.Samples)
        {
            var pixels = new Dictionary<string, long>();
            for (int k = 1; k <= Dataset.LabelNames.Count; k++)
            {
                pixels[Dataset.LabelNames[k - 1]] = sample.IsUsable ? sample.RoiPixels[k] : 0;
            }

            WriteObject(new LabelReport(sample.Name, sample.IsUsable, pixels, sample.Values, sample.Problems, (sample.LabelPath ?? sample.ImagePath)!));
        }
    }
}
