using System.Management.Automation;
using MedSeg.Comparison;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Combines the masks of several raters.</summary>
[Cmdlet(VerbsCommon.New, "MedSegConsensusMask", DefaultParameterSetName = "Slice", SupportsShouldProcess = true)]
[OutputType(typeof(ConsensusMask), ParameterSetName = ["Slice"])]
[OutputType(typeof(RaterScore), ParameterSetName = ["Rater"])]
public sealed class NewMedSegConsensusMaskCommand : MaskSetCmdlet
{
    /// <summary>Gets or sets the folder of the masks to write.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets how the masks are combined.</summary>
    [Parameter]
    public ConsensusMethod Method { get; set; }

    /// <summary>Gets or sets whether to return the scores of the raters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rater")]
    public SwitchParameter ByRater { get; set; }

    /// <summary>Gets or sets whether existing files are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        MaskComparisonOptions options = MaskOptions();
        string output = Resolve(OutputPath);
        if (!ShouldProcess(output, $"Write the consensus of {options.Paths.Count} raters"))
        {
            return;
        }

        ConsensusResult found = TryWithProgress("Combining masks", progress => ConsensusMasks.Write(options, Method, output, Force, progress.Events, StopToken));
        Report(found.Problems);
        WriteObject(ByRater ? found.Raters : found.Masks, enumerateCollection: true);
    }
}
