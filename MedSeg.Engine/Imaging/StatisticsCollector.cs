namespace MedSeg.Imaging;

/// <summary>Accumulates <see cref="ValueStatistics"/> value by value.</summary>
internal sealed class StatisticsCollector
{
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;
    private double _sum;
    private long _count;

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        _least = Math.Min(_least, value);
        _greatest = Math.Max(_greatest, value);
        _sum += value;
        _count++;
    }

    /// <summary>Returns the statistics of all values so far; at least one must have been added.</summary>
    public ValueStatistics ToStatistics() => new(_least, _greatest, _sum / _count);
}
