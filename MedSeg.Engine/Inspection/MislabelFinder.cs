using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>
/// Finds ROIs whose position, shape and brightness are those of another ROI in the other samples: swapped labels, left and right
/// confused, or the number of another ROI.
/// </summary>
internal static class MislabelFinder
{
    // How much better the other ROI must fit, in log-likelihood, summed over all labels that change places together.
    private const double MinimumGain = 4;

    // The largest distance at which an ROI still fits, in standard deviations.
    private const double MaximumDistance = 4;

    // Mistakes widen the statistics; once those found are left out, more may be found.
    private const int Rounds = 3;

    /// <summary>Adds a problem for each mislabelled ROI, and the ROI that was probably meant.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Find(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        RoiStatistics?[] models = Fit(slices, names.Count, cancellationToken);
        for (int round = 0; round < Rounds; round++)
        {
            foreach (InspectedSlice slice in slices)
            {
                cancellationToken.ThrowIfCancellationRequested();
                slice.Likely.Clear();
                Judge(slice, models);
            }

            models = Fit(slices, names.Count, cancellationToken);
        }

        foreach (InspectedSlice slice in slices)
        {
            Report(slice, names);
        }
    }

    private static RoiStatistics?[] Fit(IReadOnlyList<InspectedSlice> slices, int roiCount, CancellationToken cancellationToken)
    {
        var models = new RoiStatistics?[roiCount + 1];
        for (int roi = 1; roi <= roiCount; roi++)
        {
            models[roi] = RoiStatistics.Fit([.. slices.Where(s => !s.Likely.ContainsKey(roi) && s.Measure[roi] is not null).Select(s => s.Measure[roi]!)], cancellationToken);
        }

        return models;
    }

    private static void Judge(InspectedSlice slice, RoiStatistics?[] models)
    {
        int[] known = [.. Enumerable.Range(1, models.Length - 1).Where(k => models[k] is not null)];
        int[] present = [.. known.Where(k => slice.Measure[k] is not null)];
        if (present.Length == 0 || known.Length < 2)
        {
            return;
        }

        double[,] costs = new double[present.Length, known.Length];
        for (int i = 0; i < present.Length; i++)
        {
            for (int j = 0; j < known.Length; j++)
            {
                costs[i, j] = -models[known[j]]!.LogLikelihood(slice.Measure[present[i]]!);
            }
        }

        int[] columns = LinearAssignment.Solve(costs);
        var likely = new Dictionary<int, int>();
        var gains = new Dictionary<int, double>();
        for (int i = 0; i < present.Length; i++)
        {
            int other = known[columns[i]];
            if (other != present[i])
            {
                likely[present[i]] = other;
                gains[present[i]] = costs[i, Array.IndexOf(known, present[i])] - costs[i, columns[i]];
            }
        }

        Keep(slice, models, likely, gains);
    }

    // Labels that change places with each other are judged together, independently of the others of the slice.
    private static void Keep(InspectedSlice slice, RoiStatistics?[] models, Dictionary<int, int> likely, Dictionary<int, double> gains)
    {
        var left = new HashSet<int>(likely.Keys);
        while (left.Count > 0)
        {
            // A chain begins with a label that no other one becomes; only cycles are left without one.
            int start = left.FirstOrDefault(k => !left.Any(other => likely[other] == k), left.First());
            var chain = new List<int>();
            for (int k = start; left.Remove(k); k = likely[k])
            {
                chain.Add(k);
                if (!likely.ContainsKey(likely[k]))
                {
                    break;
                }
            }

            bool fits = chain.All(k => models[likely[k]]!.Distance(slice.Measure[k]!) <= MaximumDistance);
            if (fits && chain.Sum(k => gains[k]) >= MinimumGain)
            {
                foreach (int k in chain)
                {
                    slice.Likely[k] = likely[k];
                }
            }
        }
    }

    private static void Report(InspectedSlice slice, IReadOnlyList<string> names)
    {
        foreach ((int roi, int likely) in slice.Likely.OrderBy(pair => pair.Key))
        {
            bool isExchanged = slice.Likely.TryGetValue(likely, out int back) && back == roi;
            slice.Add(
                isExchanged ? ErrorIds.LabelsExchanged : ErrorIds.LabelMistaken,
                LabelSeverity.Warning,
                $"'{names[roi - 1]}' ({roi}) has the position and appearance of '{names[likely - 1]}' ({likely}) in the other samples{(isExchanged ? ", and vice versa" : string.Empty)}.",
                $"Check the mask, and whether the image is mirrored. If the ROI is mislabelled, its pixels should have the value {likely}.",
                pixels: slice.Sample.RoiPixels[roi]);
        }
    }
}
