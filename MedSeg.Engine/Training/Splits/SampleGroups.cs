using System.Reflection;
using System.Text.RegularExpressions;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Training.Splits;

/// <summary>Groups samples that belong together, so that a split never separates them.</summary>
internal static class SampleGroups
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    /// <summary>Makes the function that returns a sample's group.</summary>
    /// <param name="groupBy">
    /// The name of a property of <see cref="Sample"/>, such as Patient; or a regular expression on the sample's name, whose first capture
    /// group, or else the whole match, is the group. Null or empty for Patient.
    /// </param>
    /// <exception cref="MedSegException">It is neither.</exception>
    public static Func<Sample, string> Of(string? groupBy)
    {
        if (string.IsNullOrEmpty(groupBy))
        {
            return sample => sample.Patient;
        }

        PropertyInfo? property = typeof(Sample).GetProperty(groupBy, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (property is not null)
        {
            return sample => property.GetValue(sample)?.ToString() ?? string.Empty;
        }

        Regex pattern;
        try
        {
            pattern = new Regex(groupBy, RegexOptions.CultureInvariant, s_timeout);
        }
        catch (ArgumentException e)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.GroupByInvalid, $"-GroupBy '{groupBy}' is neither a property of a sample nor a regular expression: {e.Message}", null, e)
            {
                Advice = "Give a property such as Patient, or a regular expression such as '^(P\\d+)_'.",
            };
        }

        return sample =>
        {
            Match match = pattern.Match(sample.Name);
            return match.Success
                ? match.Groups.Count > 1 ? match.Groups[1].Value : match.Value
                : throw new MedSegException(
                    ErrorKind.InvalidArgument, ErrorIds.GroupByNoMatch, $"-GroupBy '{groupBy}' does not match the sample name '{sample.Name}'.")
                {
                    Advice = "Give a regular expression that matches all names, such as '^(P\\d+)_', or a property such as Patient.",
                };
        };
    }
}
