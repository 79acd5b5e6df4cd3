using System.Reflection;
using MedSeg.Files;
using MedSeg.Inference;
using MedSeg.Options;

namespace MedSeg.Reports;

/// <summary>Results as a sheet of a workbook: a row for each, a column for each property, with the unit in its header.</summary>
public sealed class ResultSheet
{
    private ResultSheet(WorkbookSheet sheet) => Sheet = sheet;

    /// <summary>Gets the name of the sheet.</summary>
    public string Name => Sheet.Name;

    /// <summary>Gets the content.</summary>
    internal WorkbookSheet Sheet { get; }

    /// <summary>Makes a sheet.</summary>
    /// <typeparam name="T">The type of the results, whose public properties become columns, in their order.</typeparam>
    /// <param name="name">The name of the sheet, up to 31 characters without []:*?/\.</param>
    /// <param name="rows">The results.</param>
    /// <returns>The sheet.</returns>
    public static ResultSheet Of<T>(string name, IReadOnlyList<T> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        PropertyInfo[] columns = [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken)];
        object?[][] values = [.. rows.Select(row => Array.ConvertAll(columns, column => Plain(column.GetValue(row))))];
        return new ResultSheet(new WorkbookSheet(name, Array.ConvertAll(columns, column => Header(column, columns, values)), values));
    }

    /// <summary>Makes a sheet of the areas of segmented slices: a row for each slice and ROI.</summary>
    /// <param name="name">The name of the sheet.</param>
    /// <param name="slices">The slices.</param>
    /// <returns>The sheet.</returns>
    public static ResultSheet OfAreas(string name, IEnumerable<SegmentedSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        object?[][] rows =
        [
            .. slices.SelectMany(slice => slice.Rois, (slice, roi) => (object?[])
                [slice.Series, slice.Name, slice.Location, roi.Roi, roi.Name, roi.Pixels, roi.Area, roi.Confidence, roi.ExpectedDice, slice.Flags]),
        ];
        return new ResultSheet(new WorkbookSheet(name, ["Series", "Slice", "Location (mm)", "Roi", "Name", "Pixels", "Area (mm²)", "Confidence", "ExpectedDice", "Flags"], rows));
    }

    /// <summary>Returns a value that a cell can hold.</summary>
    /// <param name="value">A value of a property.</param>
    internal static object? Plain(object? value) => value is System.Collections.IEnumerable list and not string ? string.Join(", ", list.Cast<object?>()) : value;

    private static string Header(PropertyInfo column, PropertyInfo[] columns, object?[][] values)
    {
        string? unit = column.GetCustomAttribute<UnitAttribute>()?.Unit;
        if (unit is ['{', .. string of, '}'])
        {
            int index = Array.FindIndex(columns, other => other.Name == of);
            object?[] units = [.. values.Select(row => row[index]).Distinct()];
            unit = units.Length == 1 ? units[0]?.ToString() : $"see {of}";
        }

        return unit is null ? column.Name : $"{column.Name} ({unit})";
    }
}
