using System.Management.Automation;
using MedSeg.Comparison;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws the agreement of raters.</summary>
[Cmdlet(VerbsData.Export, "MedSegAgreementFigure", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegAgreementFigureCommand : FigureCmdlet
{
    private readonly List<MaskScore> _scores = [];

    /// <summary>Gets or sets the scores of slices.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public MaskScore[] InputObject { get; set; } = [];

    /// <summary>Gets or sets what the figure shows.</summary>
    [Parameter]
    public AgreementFigureKind Kind { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _scores.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var options = new AgreementFigureOptions { Kind = Kind, Width = Width, Dpi = Dpi, FontSize = FontSize };
        Write("Draw the agreement", (stream, isSvg) => AgreementFigure.Write(stream, _scores, options, isSvg));
    }
}
