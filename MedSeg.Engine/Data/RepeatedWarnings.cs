using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Data;

/// <summary>Reports a warning that many samples share only once: what one program wrote is the same in all its files.</summary>
internal static class RepeatedWarnings
{
    /// <summary>Keeps such a warning at the first sample only, with the number of the others.</summary>
    /// <param name="samples">The samples.</param>
    /// <returns>The samples in the same order.</returns>
    public static Sample[] Merge(IEnumerable<Sample> samples)
    {
        Sample[] merged = [.. samples];
        Dictionary<string, int> counts = merged.SelectMany(sample => sample.Problems.Select(problem => KeyOf(problem, sample))).OfType<string>().GroupBy(key => key).ToDictionary(group => group.Key, group => group.Count());
        for (int i = 0; i < merged.Length; i++)
        {
            Sample sample = merged[i];
            if (sample.Problems.Any(problem => KeyOf(problem, sample) is not null))
            {
                merged[i] = sample with { Problems = [.. Keep(sample, counts)] };
            }
        }

        return merged;
    }

    private static IEnumerable<LabelProblem> Keep(Sample sample, Dictionary<string, int> counts)
    {
        foreach (LabelProblem problem in sample.Problems)
        {
            string? key = KeyOf(problem, sample);
            if (key is null)
            {
                yield return problem;
            }
            else if (counts.Remove(key, out int count))
            {
                yield return count == 1 ? problem : problem with { Message = $"{problem.Message} The same is true of {count - 1} other slice{(count == 2 ? "" : "s")}." };
            }
        }
    }

    // Null for warnings about one sample.
    private static string? KeyOf(LabelProblem problem, Sample sample) => problem.Code switch
    {
        ErrorIds.LabelRounded or ErrorIds.PatientAssumed or ErrorIds.VolumeDirections => problem.Code,
        ErrorIds.SpacingUnclear => problem.Message.Replace(sample.ImagePath ?? "", "", StringComparison.Ordinal),
        _ => null,
    };
}
