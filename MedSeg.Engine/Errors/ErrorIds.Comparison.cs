namespace MedSeg.Errors;

public static partial class ErrorIds
{
    // Masks of several raters, and composition.

    /// <summary>A water image has no fat image, or one of another size.</summary>
    public const string FatImageMissing = nameof(FatImageMissing);

    /// <summary>The fat method lacks what it needs, or contradicts other options.</summary>
    public const string FatMethodInvalid = nameof(FatMethodInvalid);

    /// <summary>A level of slices is written wrongly, or no slice has one.</summary>
    public const string LevelInvalid = nameof(LevelInvalid);

    /// <summary>ROIs of a slice cannot be divided into left and right (a warning).</summary>
    public const string SideUnknown = nameof(SideUnknown);

    /// <summary>The file of a figure has another extension than .png or .svg.</summary>
    public const string FigureFormat = nameof(FigureFormat);

    /// <summary>The margin of equivalence was given in two ways.</summary>
    public const string MarginTwice = nameof(MarginTwice);

    /// <summary>A rater has no mask for a slice that another rater has one for.</summary>
    public const string MaskMissing = nameof(MaskMissing);

    /// <summary>Masks of a slice differ in size, or volumes in the places of their voxels.</summary>
    public const string MaskSizesDiffer = nameof(MaskSizesDiffer);

    /// <summary>No slice has usable masks of two raters.</summary>
    public const string NothingToCompare = nameof(NothingToCompare);

    /// <summary>The pattern of patients is not a regular expression, or does not match a slice.</summary>
    public const string PatientPatternInvalid = nameof(PatientPatternInvalid);

    /// <summary>Slices are compared without their patients (a warning).</summary>
    public const string PatientUnknown = nameof(PatientUnknown);

    /// <summary>There are too few or too many raters, or their names or suffixes do not fit.</summary>
    public const string RaterInvalid = nameof(RaterInvalid);
}
