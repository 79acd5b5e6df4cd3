using System.Management.Automation;
using MedSeg.Reports;
using MedSeg.Training.Sweeps;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws the results of a sweep.</summary>
[Cmdlet(VerbsData.Export, "MedSegSweepFigure", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegSweepFigureCommand : FigureCmdlet
{
    private readonly List<SweepRun> _runs = [];

    /// <summary>Gets or sets the runs.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public SweepRun[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _runs.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var options = new FigureOptions { Width = Width, Dpi = Dpi, FontSize = FontSize };
        Write("Draw the runs of the sweep", (stream, isSvg) => SweepFigure.Write(stream, _runs, options, isSvg));
    }
}
