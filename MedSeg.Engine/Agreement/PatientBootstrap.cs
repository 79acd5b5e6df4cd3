using MedSeg.Imaging;
using MedSeg.Tensors;

namespace MedSeg.Agreement;

/// <summary>
/// The mean over slices, with a bootstrap interval over patients: the slices of a patient are alike, and resampling them separately would
/// make the interval too narrow.
/// </summary>
internal static class PatientBootstrap
{
    private const int Resamples = 2000;

    /// <summary>Computes the mean and its 95 % interval (percentiles of 2000 resamples, Efron 1979).</summary>
    /// <param name="values">The values of slices, with the patient of each; null is left out.</param>
    /// <param name="seed">Seeds the resampling.</param>
    /// <param name="cancellationToken">Stops the resampling.</param>
    /// <returns>The mean, without an interval for fewer than two patients; null without values.</returns>
    public static Estimate? Mean(IEnumerable<(string Patient, double? Value)> values, int seed, CancellationToken cancellationToken = default)
    {
        (double Sum, int Count)[] patients = [.. values.GroupBy(v => v.Patient)
            .Select(g => g.Select(v => v.Value).OfType<double>().ToArray())
            .Where(ofPatient => ofPatient.Length > 0)
            .Select(ofPatient => (ofPatient.Sum(), ofPatient.Length))];
        if (patients.Length == 0)
        {
            return null;
        }

        double mean = patients.Sum(p => p.Sum) / patients.Sum(p => p.Count);
        if (patients.Length < 2)
        {
            return new Estimate(mean, null, null);
        }

        var random = new SampleRandom(seed, 0, 0);
        double[] means = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double sum = 0;
            int drawn = 0;
            for (int j = 0; j < patients.Length; j++)
            {
                (double s, int c) = patients[(int)(random.Next() * patients.Length)];
                sum += s;
                drawn += c;
            }

            means[i] = sum / drawn;
        }

        return new Estimate(mean, Statistics.Percentile(means, 0.025), Statistics.Percentile(means, 0.975));
    }
}
