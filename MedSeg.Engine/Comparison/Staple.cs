namespace MedSeg.Comparison;

/// <summary>
/// Simultaneous truth and performance level estimation for several labels, by expectation maximization (Warfield, Zou and Wells 2004, section II.G). All
/// slices are estimated together; the prior of a label is its share of all raters' pixels, the same everywhere.
/// </summary>
internal sealed class Staple
{
    private const double StartingReliability = 0.99999;
    private const int MostIterations = 1000;
    private const double Converged = 1e-9;

    private readonly int _labels;
    private readonly (byte[] Votes, double Pixels)[] _kinds;
    private readonly double[] _prior;

    // By rater, true label and vote: the probability of the vote.
    private readonly double[][,] _reliability;

    private Staple(int raters, int roiCount, Votes votes)
    {
        _labels = roiCount + 1;
        _kinds = [.. votes.Pixels.OrderBy(kind => kind.Key).Select(kind => (votes.Of(kind.Key), (double)kind.Value))];
        _prior = new double[_labels];
        foreach ((byte[] ofRaters, double pixels) in _kinds)
        {
            foreach (byte vote in ofRaters.Where(vote => vote != Votes.Absent))
            {
                _prior[vote] += pixels;
            }
        }

        double sum = _prior.Sum();
        _prior = Array.ConvertAll(_prior, count => count / sum);
        _reliability = [.. Enumerable.Range(0, raters).Select(_ => Start(_labels))];
    }

    /// <summary>Estimates truth and reliability.</summary>
    /// <param name="raters">The number of raters.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <param name="votes">The votes on all pixels.</param>
    /// <param name="cancellationToken">Stops before the next iteration.</param>
    public static Staple Estimate(int raters, int roiCount, Votes votes, CancellationToken cancellationToken = default)
    {
        var staple = new Staple(raters, roiCount, votes);
        for (int i = 0; i < MostIterations && staple.Improve() > Converged; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return staple;
    }

    /// <summary>Decides a pixel.</summary>
    /// <param name="votes">The votes of the raters.</param>
    /// <returns>The most probable label.</returns>
    public byte Decide(byte[] votes)
    {
        double[] weights = Weigh(votes);
        return (byte)Array.IndexOf(weights, weights.Max());
    }

    /// <summary>Returns the probability that a rater marks a label where it is true.</summary>
    /// <param name="rater">The rater, from 0.</param>
    /// <param name="label">The label.</param>
    /// <returns>The sensitivity; null if no rater has marked the label.</returns>
    public double? SensitivityOf(int rater, int label) => _prior[label] > 0 ? _reliability[rater][label, label] : null;

    /// <summary>Returns the probability that a rater does not mark a label where it is not true.</summary>
    /// <param name="rater">The rater, from 0.</param>
    /// <param name="label">The label.</param>
    /// <returns>The specificity; null if all pixels have the label.</returns>
    public double? SpecificityOf(int rater, int label)
    {
        double others = 1 - _prior[label];
        return others > 0 ? Enumerable.Range(0, _labels).Where(l => l != label).Sum(l => _prior[l] * (1 - _reliability[rater][l, label])) / others : null;
    }

    private static double[,] Start(int labels)
    {
        double[,] start = new double[labels, labels];
        for (int truth = 0; truth < labels; truth++)
        {
            for (int vote = 0; vote < labels; vote++)
            {
                start[truth, vote] = truth == vote ? StartingReliability : (1 - StartingReliability) / Math.Max(1, labels - 1);
            }
        }

        return start;
    }

    // The expectation step: the probability of each label, given the votes and the reliability of the raters.
    private double[] Weigh(byte[] votes)
    {
        double[] weights = (double[])_prior.Clone();
        for (int rater = 0; rater < votes.Length; rater++)
        {
            for (int label = 0; votes[rater] != Votes.Absent && label < _labels; label++)
            {
                weights[label] *= _reliability[rater][label, votes[rater]];
            }
        }

        double sum = weights.Sum();
        return sum > 0 ? Array.ConvertAll(weights, weight => weight / sum) : (double[])_prior.Clone();
    }

    // Both steps; returns the largest change of a reliability.
    private double Improve()
    {
        double[][,] sums = [.. _reliability.Select(_ => new double[_labels, _labels])];
        foreach ((byte[] votes, double pixels) in _kinds)
        {
            double[] weights = Weigh(votes);
            for (int rater = 0; rater < votes.Length; rater++)
            {
                for (int label = 0; votes[rater] != Votes.Absent && label < _labels; label++)
                {
                    sums[rater][label, votes[rater]] += pixels * weights[label];
                }
            }
        }

        return sums.Select((ofRater, rater) => Update(_reliability[rater], ofRater)).Max();
    }

    private double Update(double[,] reliability, double[,] sums)
    {
        double change = 0;
        for (int truth = 0; truth < _labels; truth++)
        {
            int row = truth;
            double sum = Enumerable.Range(0, _labels).Sum(vote => sums[row, vote]);
            for (int vote = 0; sum > 0 && vote < _labels; vote++)
            {
                double value = sums[truth, vote] / sum;
                change = Math.Max(change, Math.Abs(value - reliability[truth, vote]));
                reliability[truth, vote] = value;
            }
        }

        return change;
    }
}
