namespace MedSeg.Options;

/// <summary>States the range of a numeric option, both ends included. NaN and infinite values are outside of every range.</summary>
/// <param name="minimum">The smallest value.</param>
/// <param name="maximum">The largest value.</param>
/// <remarks>
/// The engine checks options against these attributes (<see cref="OptionRanges"/>). A test holds the cmdlets' parameters to the
/// same ranges, so no range can differ between C# and PowerShell.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionRangeAttribute(double minimum, double maximum) : Attribute
{
    /// <summary>Gets the smallest value.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>Gets the largest value.</summary>
    public double Maximum { get; } = maximum;

    /// <summary>Gets a value indicating whether 0 is allowed as well, although it is below the minimum: it leaves the option unused.</summary>
    public bool AllowsZero { get; init; }

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is in the range.</returns>
    public bool Contains(double value) => (value >= Minimum && value <= Maximum) || (AllowsZero && value == 0);
}
