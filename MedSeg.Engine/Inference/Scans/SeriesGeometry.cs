using System.Globalization;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>The grid that the slices of a series make.</summary>
/// <param name="First">Where the first slice lies.</param>
/// <param name="Step">
/// From a slice to the next, in mm; of a single slice, through it. Null where that slice does not state its thickness: nothing is assumed.
/// </param>
internal sealed record SeriesGeometry(ImagePlane First, Vector3D? Step)
{
    // Of the distance between slices; positions are written with few digits.
    private const double StepTolerance = 0.05;
    private const double AxisTolerance = 1e-3;

    /// <summary>Finds the grid, and refuses what is none.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file that is to be written, for messages.</param>
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

        ImagePlane last = slices[^1].Plane!.Value;
        Vector3D step = 1.0 / (slices.Count - 1) * (last.Origin - first.Origin);
        double tolerance = StepTolerance * step.Length;
        for (int i = 0; i < slices.Count; i++)
        {
            ImagePlane plane = slices[i].Plane!.Value;
            double off = (plane.Origin - first.Origin - (i * step)).Length;
            if (!(step.Length > AxisTolerance) || off > tolerance)
            {
                throw Uneven(path, string.Create(CultureInfo.InvariantCulture, $"{slices[i].Label} lies {off:0.##} mm from where slice {i + 1} of an even series would be; a slice may be missing or there twice"));
            }
        }

        return new SeriesGeometry(first, step);
    }

    /// <summary>Tells whether each slice says where it lies and how far its pixels are apart.</summary>
    /// <param name="slices">The slices.</param>
    public static bool IsPlaced(IReadOnlyList<SourceSlice> slices) => slices.All(s => s is { Plane: not null, Spacing: not null });

    /// <summary>Finds the distance between slices, across their planes.</summary>
    /// <param name="slices">The slices, sorted by position.</param>
    /// <returns>The distance in mm; null where there is one slice, one does not say where it lies, or they lie unevenly.</returns>
    public static double? DistanceOf(IReadOnlyList<SourceSlice> slices)
    {
        if (slices.Count < 2 || slices[0].Location is not { } first || slices[^1].Location is not { } last)
        {
            return null;
        }

        double distance = (last - first) / (slices.Count - 1);
        bool isEven = slices.Select((s, i) => s.Location is { } place && Math.Abs(place - first - (i * distance)) <= StepTolerance * distance).All(yes => yes);
        return distance > AxisTolerance && isEven ? distance : null;
    }

    /// <summary>Finds the thickness that slices state.</summary>
    /// <param name="slices">The slices.</param>
    /// <returns>The thickness in mm; null where one states none, or another than the first.</returns>
    public static double? ThicknessOf(IReadOnlyList<SourceSlice> slices) =>
        slices[0].Thickness is { } thickness && slices.All(s => s.Thickness is { } other && Math.Abs(other - thickness) < AxisTolerance) ? thickness : null;

    /// <summary>Refuses a series whose slices do not say where they lie, or are of several shapes or directions.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file that is to be written, for messages.</param>
    /// <exception cref="FileFormatException"><c>SeriesPosition</c> or <c>SeriesUneven</c>.</exception>
    public static void RequirePlanes(ScanSeries series, string path)
    {
        SourceSlice first = series.Slices[0];
        foreach (SourceSlice slice in series.Slices)
        {
            if (slice is not { Plane: { } plane, Spacing: not null })
            {
                throw new FileFormatException("SeriesPosition", path, $"not written, since {slice.Label} does not state its {Lack(slice)}. Export it with that, or use -Format Png.");
            }

            ImagePlane other = first.Plane!.Value;
            bool isAlike = (plane.ColumnStep - other.ColumnStep).Length < AxisTolerance && (plane.RowStep - other.RowStep).Length < AxisTolerance;
            if (!isAlike)
            {
                throw Uneven(path, $"{slice.Label} has another spacing or direction than {first.Label}");
            }
        }

        RequireSizes(series, path);
    }

    /// <summary>Refuses a series whose slices are of several sizes.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file that is to be written, for messages.</param>
    /// <exception cref="FileFormatException"><c>SeriesUneven</c>.</exception>
    public static void RequireSizes(ScanSeries series, string path)
    {
        SourceSlice first = series.Slices[0];
        if (series.Slices.FirstOrDefault(s => s.Rows != first.Rows || s.Columns != first.Columns) is { } other)
        {
            throw Uneven(path, $"{other.Label} has {other.Rows} × {other.Columns} pixels, but {first.Label} has {first.Rows} × {first.Columns}");
        }
    }

    private static string Lack(SourceSlice slice) => slice switch
    {
        { Plane: null, Spacing: null } => "position, orientation and pixel spacing",
        { Plane: null } => "position and orientation",
        _ => "pixel spacing",
    };

    private static FileFormatException Uneven(string path, string problem) =>
        new("SeriesUneven", path, $"not written, since {problem}. Segment the parts of the series on their own, or use -Format Png.");
}
