namespace MedSeg.Reports;

/// <summary>The content and size of a figure of agreement.</summary>
public sealed record AgreementFigureOptions : FigureOptions
{
    /// <summary>Gets what the figure shows.</summary>
    public AgreementFigureKind Kind { get; init; }
}
