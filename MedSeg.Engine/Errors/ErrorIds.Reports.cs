namespace MedSeg.Errors;

/// <content>The ids of reports and reviews.</content>
public static partial class ErrorIds
{
    /// <summary>There is nothing that a report could be written about.</summary>
    public const string EmptyReport = nameof(EmptyReport);

    /// <summary>Several runs, data sets or cross-validations were piped into one page.</summary>
    public const string ReportTwice = nameof(ReportTwice);

    /// <summary>Two kinds of report were asked for in one file.</summary>
    public const string ReportKinds = nameof(ReportKinds);

    /// <summary>The masks have a format that scenes of 3D Slicer do not show.</summary>
    public const string SceneMasks = nameof(SceneMasks);

    /// <summary>An image file no longer has the slice that was segmented.</summary>
    public const string ImageChanged = nameof(ImageChanged);

    /// <summary>A file is not a table of decisions that a report saved, or a row of it is wrong.</summary>
    public const string ReviewInvalid = nameof(ReviewInvalid);

    /// <summary>A file that a review names does not exist.</summary>
    public const string ReviewFileMissing = nameof(ReviewFileMissing);

    /// <summary>The build does not contain the viewer of interactive reports.</summary>
    public const string NiiVueMissing = nameof(NiiVueMissing);

    /// <summary>The slices are too many for an interactive report.</summary>
    public const string ReportTooLarge = nameof(ReportTooLarge);

    /// <summary>The review of an image with several frames or slices does not say which of them were accepted.</summary>
    public const string ReviewFrames = nameof(ReviewFrames);
}
