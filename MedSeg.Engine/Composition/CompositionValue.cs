using System.Globalization;
using System.Reflection;
using MedSeg.Options;

namespace MedSeg.Composition;

/// <summary>A single measured value: a row of a tidy table.</summary>
public sealed record CompositionValue
{
    private static readonly string[] s_keys = [nameof(RoiComposition.Roi)];

    /// <summary>Gets the patient, as a hash that is valid within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the scan; null or empty if files and folders do not tell scans apart.</summary>
    public string? Scan { get; init; }

    /// <summary>Gets the slice; null for a value of all slices of a patient or level.</summary>
    public string? Slice { get; init; }

    /// <summary>Gets the level; null if none was given.</summary>
    public string? Level { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the side of the body; null if it is not known.</summary>
    public BodySide? Side { get; init; }

    /// <summary>Gets what was measured, for example Area.</summary>
    public required string Measure { get; init; }

    /// <summary>Gets the unit; null for counts and for intensities.</summary>
    public string? Unit { get; init; }

    /// <summary>Gets the value.</summary>
    public required double Value { get; init; }

    /// <summary>Returns the values of ROIs in slices.</summary>
    /// <param name="rows">The ROIs.</param>
    /// <returns>A value for each measure that is known.</returns>
    public static IReadOnlyList<CompositionValue> Of(IEnumerable<RoiComposition> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return [.. rows.SelectMany(row => Values(row).Select(v => new CompositionValue { Patient = row.Patient, Scan = row.Scan, Slice = row.Slice, Level = row.Level, Roi = row.Roi, Name = row.Name, Side = row.Side, Measure = v.Measure, Unit = v.Unit, Value = v.Value }))];
    }

    /// <summary>Returns the values of ROIs over slices.</summary>
    /// <param name="rows">The ROIs.</param>
    /// <returns>A value for each measure that is known.</returns>
    public static IReadOnlyList<CompositionValue> Of(IEnumerable<PatientComposition> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return [.. rows.SelectMany(row => Values(row).Select(v => new CompositionValue { Patient = row.Patient, Scan = row.Scan, Level = row.Level, Roi = row.Roi, Name = row.Name, Side = row.Side, Measure = v.Measure, Unit = v.Unit, Value = v.Value }))];
    }

    private static IEnumerable<(string Measure, string? Unit, double Value)> Values(object row) =>
        row.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => !s_keys.Contains(property.Name))
            .OrderBy(property => property.MetadataToken)
            .Select(property => (Property: property, Value: property.GetValue(row)))
            .Where(p => p.Value is double or int or long)
            .Select(p => (p.Property.Name, p.Property.GetCustomAttribute<UnitAttribute>()?.Unit, Convert.ToDouble(p.Value, CultureInfo.InvariantCulture)));
}
