using System.Globalization;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>The grid formed by the slices of a series.</summary>
/// <param name="First">The plane of the first slice.</param>
/// <param name="Step">
/// The vector from one slice to the next, in mm; for a single slice, its thickness along its normal. Null where a single slice does not
/// state its thickness.
/// </param>
internal sealed record SeriesGeometry(ImagePlane First, Vector3D? Step)
{
    // Relative to the distance between slices, because positions are written with few digits.
    private const double StepTolerance = 0.05;
    private const double AxisTolerance = 1e-3;

    /// <summary>Finds the grid, and rejects a series that does not form one.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file to write, for messages.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="FileFormatException"><c>SeriesPosition</c> or <c>SeriesUneven</c>.</exception>
    public static SeriesGeometry Of(ScanSeries series, string path)
    {
        RequirePlanes(series, path);
        IReadOnlyList<SourceSlice> slices = series.Slices;
        ImagePlane first = slices[0].Plane!.Value;
        if (slices.Count == 1)
        {
            return new SeriesGeometry(first, slices[0].Thickness is { } thickness ? thickness * first.Normal : null);
        }

        RequireDistinct(slices, path);
        ImagePlane last = slices[^1].Plane!.Value;
        Vector3D step = 1.0 / (slices.Count - 1) * (last.Origin - first.Origin);
        double tolerance = StepTolerance * step.Length;
        for (int i = 0; i < slices.Count; i++)
        {
            ImagePlane plane = slices[i].Plane!.Value;
            double off = (plane.Origin - first.Origin - (i * step)).Length;
            if (off > tolerance)
            {
                throw Uneven(path, string.Create(CultureInfo.InvariantCulture, $"{slices[i].Label} is {off:0.##} mm from the position of slice {i + 1} in an evenly spaced series (a slice may be missing)"));
            }
        }

        return new SeriesGeometry(first, step);
    }

    private static void RequireDistinct(IReadOnlyList<SourceSlice> slices, string path)
    {
        for (int i = 1; i < slices.Count; i++)
        {
            if ((slices[i].Plane!.Value.Origin - slices[i - 1].Plane!.Value.Origin).Length < AxisTolerance)
            {
                throw Uneven(path, $"{slices[i - 1].Label} and {slices[i].Label} are at the same position");
            }
        }
    }

    /// <summary>Tells whether each slice states its position, orientation and pixel spacing.</summary>
    /// <param name="slices">The slices.</param>
    public static bool IsPlaced(IReadOnlyList<SourceSlice> slices) => slices.All(s => s is { Plane: not null, Spacing: not null });

    /// <summary>Finds the distance between slices, across their planes.</summary>
    /// <param name="slices">The slices, sorted by position.</param>
    /// <returns>The distance in mm; null for one slice, a slice without a position, or uneven distances.</returns>
    public static double? DistanceOf(IReadOnlyList<SourceSlice> slices)
    {
        if (slices.Count < 2 || slices[0].Location is not { } first || slices[^1].Location is not { } last)
        {
            return null;
        }

        double distance = (last - first) / (slices.Count - 1);
        bool isEven = slices.Select((s, i) => s.Location is { } location && Math.Abs(location - first - (i * distance)) <= StepTolerance * distance).All(yes => yes);
        return distance > AxisTolerance && isEven ? distance : null;
    }

    /// <summary>Finds the thickness that the slices have in common.</summary>
    /// <param name="slices">The slices.</param>
    /// <returns>The thickness in mm; null where a slice states none, or they differ.</returns>
    public static double? ThicknessOf(IReadOnlyList<SourceSlice> slices) =>
        slices[0].Thickness is { } thickness && slices.All(s => s.Thickness is { } other && Math.Abs(other - thickness) < AxisTolerance) ? thickness : null;

    /// <summary>Rejects a series whose slices have no position, or differ in size, spacing or direction.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file to write, for messages.</param>
    /// <exception cref="FileFormatException"><c>SeriesPosition</c> or <c>SeriesUneven</c>.</exception>
    public static void RequirePlanes(ScanSeries series, string path)
    {
        SourceSlice first = series.Slices[0];
        foreach (SourceSlice slice in series.Slices)
        {
            if (slice is not { Plane: { } plane, Spacing: not null })
            {
                if (slice.IsMosaic)
                {
                    throw new FileFormatException(ErrorIds.SeriesPosition, path, $"The file was not written, because {slice.Label} is a Siemens mosaic, which shows many slices side by side and has no single position.")
                    {
                        Advice = "Export the series as separate slices, or use -Format Png.",
                    };
                }

                throw new FileFormatException(ErrorIds.SeriesPosition, path, $"The file was not written, because {slice.Label} does not state its {Missing(slice)}.{(slice is { Spacing: null, SpacingNote: { } note } ? $" {note.Finding}" : "")}")
                {
                    Advice = $"Export the images with {Missing(slice)}, or use -Format Png.",
                };
            }

            ImagePlane other = first.Plane!.Value;
            bool isAlike = (plane.ColumnStep - other.ColumnStep).Length < AxisTolerance && (plane.RowStep - other.RowStep).Length < AxisTolerance;
            if (!isAlike)
            {
                throw Uneven(path, $"{slice.Label} differs in spacing or direction from {first.Label}");
            }
        }

        RequireSizes(series, path);
    }

    /// <summary>Rejects a series whose slices differ in size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file to write, for messages.</param>
    /// <exception cref="FileFormatException"><c>SeriesUneven</c>.</exception>
    public static void RequireSizes(ScanSeries series, string path)
    {
        SourceSlice first = series.Slices[0];
        if (series.Slices.FirstOrDefault(s => s.Rows != first.Rows || s.Columns != first.Columns) is { } other)
        {
            throw Uneven(path, $"{other.Label} has {other.Rows} × {other.Columns} pixels, but {first.Label} has {first.Rows} × {first.Columns}");
        }
    }

    private static string Missing(SourceSlice slice) => slice switch
    {
        { Plane: null, Spacing: null } => "position, orientation and pixel spacing",
        { Plane: null } => "position and orientation",
        _ => "pixel spacing",
    };

    private static FileFormatException Uneven(string path, string problem) =>
        new(ErrorIds.SeriesUneven, path, $"The file was not written, because {problem}.") { Advice = "Segment the parts of the series separately, or use -Format Png." };
}
