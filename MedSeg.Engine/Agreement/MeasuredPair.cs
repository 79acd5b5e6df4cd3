namespace MedSeg.Agreement;

/// <summary>Two measurements of the same thing, such as the area of a muscle in one slice by two raters.</summary>
/// <param name="Subject">Identifies the subject; pairs of the same subject are not independent of each other.</param>
/// <param name="First">The first measurement.</param>
/// <param name="Second">The second measurement, in the same unit.</param>
internal readonly record struct MeasuredPair(string Subject, double First, double Second)
{
    /// <summary>Gets the second measurement minus the first.</summary>
    public double Difference => Second - First;

    /// <summary>Gets the mean of both.</summary>
    public double Mean => (First + Second) / 2;

    /// <summary>Averages the pairs of each subject, so that each subject counts once.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <returns>A pair for each subject, in the order of their first pairs.</returns>
    public static MeasuredPair[] BySubject(IEnumerable<MeasuredPair> pairs) =>
        [.. pairs.GroupBy(pair => pair.Subject).Select(group => new MeasuredPair(group.Key, group.Average(pair => pair.First), group.Average(pair => pair.Second)))];
}
