using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that draw a figure for a paper: its file and size.</summary>
public abstract class FigureCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the PNG or SVG file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the width, in mm.</summary>
    [Parameter]
    [ValidateRange(FigureOptions.MinWidth, FigureOptions.MaxWidth)]
    [DecimalPoint]
    public double Width { get; set; } = 170;

    /// <summary>Gets or sets the resolution of a PNG, in dots per inch.</summary>
    [Parameter]
    [ValidateRange(FigureOptions.MinDpi, FigureOptions.MaxDpi)]
    public int Dpi { get; set; } = 300;

    /// <summary>Gets or sets the size of the text, in points.</summary>
    [Parameter]
    [ValidateRange(FigureOptions.MinFontSize, FigureOptions.MaxFontSize)]
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

    /// <summary>Writes the figure and outputs its file.</summary>
    /// <param name="action">What is done, for -WhatIf.</param>
    /// <param name="draw">Draws to a stream, as SVG if asked.</param>
    private protected void Write(string action, Action<Stream, bool> draw)
    {
        if (ShouldProcess(Path, action))
        {
            bool isSvg = Path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
            WriteFile(WriteOutput(Path, stream => draw(stream, isSvg)));
        }
    }
}
