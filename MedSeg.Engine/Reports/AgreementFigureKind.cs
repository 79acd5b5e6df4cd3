namespace MedSeg.Reports;

/// <summary>What a figure of agreement shows.</summary>
public enum AgreementFigureKind
{
    /// <summary>The difference of two areas against their mean, with bias and limits of agreement; a panel for each ROI.</summary>
    BlandAltman,

    /// <summary>One rater's area against the other's, with the line of identity; a panel for each ROI.</summary>
    Identity,

    /// <summary>The Dice scores of slices by ROI, as points and boxes.</summary>
    Dice,
}
