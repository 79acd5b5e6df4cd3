using MedSeg.Options;

namespace MedSeg.Comparison;

/// <summary>How two raters agree on an ROI: overlap, and the agreement of its areas. docs/agreement.md has the formulas.</summary>
/// <remarks>
/// Low and High are the ends of 95 % intervals. Values are null where the data do not allow them. Areas and all that is
/// derived from them are in the square of <see cref="Unit"/>, and leave out slices where neither rater has the ROI.
/// </remarks>
public sealed record RoiAgreement
{
    /// <summary>The name of the measure of areas.</summary>
    internal const string AreaMeasureName = "Area";

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what was measured: Area; with composition also FatPercent and LeanArea.</summary>
    public string Measure { get; init; } = AreaMeasureName;

    /// <summary>Gets the first rater; of several raters together, their number.</summary>
    public required string RaterA { get; init; }

    /// <summary>Gets the second rater; null for several raters together.</summary>
    public required string? RaterB { get; init; }

    /// <summary>Gets the number of slices where either rater has the ROI.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the number of patients of these slices.</summary>
    public required int Patients { get; init; }

    /// <summary>Gets the number of slices where only the first rater has the ROI.</summary>
    public int OnlyA { get; init; }

    /// <summary>Gets the number of slices where only the second rater has the ROI.</summary>
    public int OnlyB { get; init; }

    /// <summary>Gets the mean Dice score per slice; the interval is a bootstrap over patients.</summary>
    public double? Dice { get; init; }

    /// <summary>Gets the lower end for the Dice score.</summary>
    public double? DiceLow { get; init; }

    /// <summary>Gets the upper end for the Dice score.</summary>
    public double? DiceHigh { get; init; }

    /// <summary>Gets the mean intersection over union per slice.</summary>
    public double? Iou { get; init; }

    /// <summary>Gets the lower end for the intersection over union.</summary>
    public double? IouLow { get; init; }

    /// <summary>Gets the upper end for the intersection over union.</summary>
    public double? IouHigh { get; init; }

    /// <summary>Gets the mean 95 % Hausdorff distance per slice, in <see cref="Unit"/>.</summary>
    [Unit("{Unit}")]
    public double? Hausdorff95 { get; init; }

    /// <summary>Gets the lower end for the Hausdorff distance.</summary>
    [Unit("{Unit}")]
    public double? Hausdorff95Low { get; init; }

    /// <summary>Gets the upper end for the Hausdorff distance.</summary>
    [Unit("{Unit}")]
    public double? Hausdorff95High { get; init; }

    /// <summary>Gets the mean average symmetric surface distance per slice, in <see cref="Unit"/>.</summary>
    [Unit("{Unit}")]
    public double? SurfaceDistance { get; init; }

    /// <summary>Gets the lower end for the surface distance.</summary>
    [Unit("{Unit}")]
    public double? SurfaceDistanceLow { get; init; }

    /// <summary>Gets the upper end for the surface distance.</summary>
    [Unit("{Unit}")]
    public double? SurfaceDistanceHigh { get; init; }

    /// <summary>Gets the mean area of the first rater.</summary>
    [Unit("{MeasureUnit}")]
    public double? MeanA { get; init; }

    /// <summary>Gets the mean area of the second rater.</summary>
    [Unit("{MeasureUnit}")]
    public double? MeanB { get; init; }

    /// <summary>Gets the mean difference of the areas, second minus first (Bland and Altman 1986).</summary>
    [Unit("{MeasureUnit}")]
    public double? Bias { get; init; }

    /// <summary>Gets the lower end for the bias.</summary>
    [Unit("{MeasureUnit}")]
    public double? BiasLow { get; init; }

    /// <summary>Gets the upper end for the bias.</summary>
    [Unit("{MeasureUnit}")]
    public double? BiasHigh { get; init; }

    /// <summary>Gets the standard deviation of a difference, within and between patients together (Bland and Altman 2007).</summary>
    [Unit("{MeasureUnit}")]
    public double? DifferenceDeviation { get; init; }

    /// <summary>Gets the lower limit of agreement.</summary>
    [Unit("{MeasureUnit}")]
    public double? LowerLimit { get; init; }

    /// <summary>Gets the lower end for the lower limit.</summary>
    [Unit("{MeasureUnit}")]
    public double? LowerLimitLow { get; init; }

    /// <summary>Gets the upper end for the lower limit.</summary>
    [Unit("{MeasureUnit}")]
    public double? LowerLimitHigh { get; init; }

    /// <summary>Gets the upper limit of agreement.</summary>
    [Unit("{MeasureUnit}")]
    public double? UpperLimit { get; init; }

    /// <summary>Gets the lower end for the upper limit.</summary>
    [Unit("{MeasureUnit}")]
    public double? UpperLimitLow { get; init; }

    /// <summary>Gets the upper end for the upper limit.</summary>
    [Unit("{MeasureUnit}")]
    public double? UpperLimitHigh { get; init; }

    /// <summary>Gets the proportional bias: the slope of the difference over the mean area, between patients.</summary>
    public double? ProportionalBias { get; init; }

    /// <summary>Gets the lower end for the proportional bias.</summary>
    public double? ProportionalBiasLow { get; init; }

    /// <summary>Gets the upper end for the proportional bias.</summary>
    public double? ProportionalBiasHigh { get; init; }

    /// <summary>Gets the p of a proportional bias of 0.</summary>
    public double? ProportionalBiasP { get; init; }

    /// <summary>Gets ICC(2,1), the absolute agreement of single raters (Shrout and Fleiss 1979), of the patients' mean areas.</summary>
    public double? Icc21 { get; init; }

    /// <summary>Gets the lower end for ICC(2,1).</summary>
    public double? Icc21Low { get; init; }

    /// <summary>Gets the upper end for ICC(2,1).</summary>
    public double? Icc21High { get; init; }

    /// <summary>Gets ICC(3,1), the consistency of these raters.</summary>
    public double? Icc31 { get; init; }

    /// <summary>Gets the lower end for ICC(3,1).</summary>
    public double? Icc31Low { get; init; }

    /// <summary>Gets the upper end for ICC(3,1).</summary>
    public double? Icc31High { get; init; }

    /// <summary>Gets ICC(2,k), the absolute agreement of the mean of the raters.</summary>
    public double? Icc2k { get; init; }

    /// <summary>Gets the lower end for ICC(2,k).</summary>
    public double? Icc2kLow { get; init; }

    /// <summary>Gets the upper end for ICC(2,k).</summary>
    public double? Icc2kHigh { get; init; }

    /// <summary>Gets Lin's concordance correlation coefficient of the patients' mean areas.</summary>
    public double? Concordance { get; init; }

    /// <summary>Gets the lower end for the concordance.</summary>
    public double? ConcordanceLow { get; init; }

    /// <summary>Gets the upper end for the concordance.</summary>
    public double? ConcordanceHigh { get; init; }

    /// <summary>Gets the coefficient of variation within patients, in percent.</summary>
    [Unit("%")]
    public double? VariationPercent { get; init; }

    /// <summary>Gets the standard error of measurement.</summary>
    [Unit("{MeasureUnit}")]
    public double? Sem { get; init; }

    /// <summary>Gets the minimal detectable change.</summary>
    [Unit("{MeasureUnit}")]
    public double? Mdc { get; init; }

    /// <summary>Gets the p of Wilcoxon's signed-rank test.</summary>
    public double? WilcoxonP { get; init; }

    /// <summary>Gets the margin of equivalence; null unless one was given.</summary>
    [Unit("{MeasureUnit}")]
    public double? EquivalenceMargin { get; init; }

    /// <summary>Gets the p of the test of equivalence (TOST): below 0.05, the raters' mean areas differ by less than the margin.</summary>
    public double? EquivalenceP { get; init; }

    /// <summary>Gets the unit of distances, mm or pixel.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets the unit of the measure: mm² or pixel² for areas, % for fractions of fat.</summary>
    public required string MeasureUnit { get; init; }
}
