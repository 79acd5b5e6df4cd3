using System.Management.Automation;
using MedSeg.Comparison;
using MedSeg.Errors;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws the agreement of raters.</summary>
[Cmdlet(VerbsData.Export, "MedSegAgreementFigure", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegAgreementFigureCommand : MedSegCmdlet
{
    private readonly List<MaskScore> _scores = [];

    /// <summary>Gets or sets the scores of slices.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public MaskScore[] InputObject { get; set; } = [];

    /// <summary>Gets or sets the PNG or SVG file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets what the figure shows.</summary>
    [Parameter]
    public AgreementFigureKind Kind { get; set; }

    /// <summary>Gets or sets the width, in mm.</summary>
    [Parameter]
    [ValidateRange(40.0, 1000.0)]
    [DecimalPoint]
    public double Width { get; set; } = 170;

    /// <summary>Gets or sets the resolution of a PNG, in dots per inch.</summary>
    [Parameter]
    [ValidateRange(50, 1200)]
    public int Dpi { get; set; } = 300;

    /// <summary>Gets or sets the size of the text, in points.</summary>
    [Parameter]
    [ValidateRange(4.0, 30.0)]
    [DecimalPoint]
    public double FontSize { get; set; } = 8;

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Path = Resolve(Path);
        RefuseToOverwrite(Path, Force);
        if (System.IO.Path.GetExtension(Path).ToUpperInvariant() is not (".PNG" or ".SVG"))
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FigureFormat, $"{Path}: A figure is written as .png or .svg.", Path) { Advice = "Give a file name that ends in .png or .svg." });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _scores.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess(Path, "Draw the agreement"))
        {
            return;
        }

        bool isSvg = Path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
        var options = new AgreementFigureOptions { Kind = Kind, Width = Width, Dpi = Dpi, FontSize = FontSize };
        WriteFile(WriteOutput(Path, stream => AgreementFigure.Write(stream, _scores, options, isSvg)));
    }
}
