using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>The masks of several raters, matched slice by slice.</summary>
/// <param name="Raters">The names of the raters.</param>
/// <param name="RoiNames">The names of the ROIs 1 to K.</param>
/// <param name="Slices">The slices, in ordinal order of their names.</param>
/// <param name="Problems">What could not be used.</param>
internal sealed record RatedSet(IReadOnlyList<string> Raters, IReadOnlyList<string> RoiNames, IReadOnlyList<RatedSlice> Slices, IReadOnlyList<LabelProblem> Problems)
{
    private const int MatchSeconds = 5;

    /// <summary>Reads the masks of all raters.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MedSegException">A folder is missing or empty, an option is invalid, or no slice has the masks of two raters (<c>NothingToCompare</c>).</exception>
    public static RatedSet Read(MaskComparisonOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        options.Validate();
        Func<string, string>? patient = PatientsBy(options.PatientPattern);
        RatedSet set = options.ImagePath is null ? MaskFolders.Read(options, events, cancellationToken) : ImageMasks.Read(options, events, cancellationToken);
        if (!set.Slices.Any(slice => slice.Masks.Count(mask => mask is not null) > 1))
        {
            string first = set.Problems.Count > 0 ? $" The first problem: {set.Problems[0].Message}" : "";
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.NothingToCompare, $"{options.Paths[0]}: No slice has usable masks of two raters.{first}", options.Paths[0])
            {
                Advice = set.Problems.Count > 0 && set.Problems[0].Advice is { } advice ? advice : "Masks are compared if they have the same name without extension: check the names, or use -MaskSuffix.",
            };
        }

        return set with { Slices = [.. set.Slices.Select(slice => patient is null ? slice : slice with { Patient = patient(slice.Name) })] };
    }

    /// <summary>Returns how patients are found in the names of slices.</summary>
    /// <param name="pattern">The regular expression; null for none.</param>
    /// <exception cref="MedSegException"><c>PatientPatternInvalid</c>; the function throws it for a name that does not match.</exception>
    public static Func<string, string>? PatientsBy(string? pattern)
    {
        try
        {
            Regex? patient = pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(MatchSeconds));
            return patient is null ? null : name => PatientOf(name, patient);
        }
        catch (ArgumentException e)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PatientPatternInvalid, $"-PatientPattern '{pattern}' is not a regular expression: {e.Message}", innerException: e)
            {
                Advice = "For names such as P01_S03, use -PatientPattern '^[^_]+'.",
            };
        }
    }

    private static string PatientOf(string name, Regex pattern)
    {
        Match match = pattern.Match(name);
        return match.Success
            ? (match.Groups.Count > 1 ? match.Groups[1] : match.Groups[0]).Value
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PatientPatternInvalid, $"-PatientPattern '{pattern}' does not match the slice {name}.")
            {
                Advice = "The pattern must match the names of all slices. For names such as P01_S03, use -PatientPattern '^[^_]+'.",
            };
    }
}
