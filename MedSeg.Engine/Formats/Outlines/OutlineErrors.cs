using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Formats.Outlines;

/// <summary>Creates the errors of files of outlines.</summary>
/// <param name="path">The absolute path.</param>
internal sealed class OutlineErrors(string path)
{
    /// <summary>The largest coordinate that is accepted, in pixels.</summary>
    public const double GreatestCoordinate = 1e7;

    /// <summary>Gets the absolute path.</summary>
    public string Path => path;

    /// <summary>Creates an error about a damaged file.</summary>
    /// <param name="finding">What was found and what was expected.</param>
    /// <param name="cause">The cause, or <see langword="null"/>.</param>
    public FileFormatException Invalid(string finding, Exception? cause = null) => new(ErrorIds.OutlineInvalid, path, finding, null, cause) { Advice = "Save or export it again." };

    /// <summary>Creates the error of an archive that is not opened.</summary>
    /// <param name="finding">What was found.</param>
    public FileFormatException Refused(string finding) => new(ErrorIds.ArchiveRefused, path, finding) { Advice = "Save the ROI set again in ImageJ, with More » Save in the ROI Manager." };

    /// <summary>Shortens and cleans a label: it appears in messages and as the name of an ROI.</summary>
    /// <param name="label">The label; may be <see langword="null"/>.</param>
    /// <param name="fallback">What to return if there is none.</param>
    public static string Clean(string? label, string fallback) => LabelText.Clean(label)?.Trim() is { Length: > 0 } text ? text : fallback;
}
