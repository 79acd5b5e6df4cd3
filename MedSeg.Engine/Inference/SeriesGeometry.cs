using System.Globalization;
using MedSeg.Volumes;

namespace MedSeg.Inference;

/// <summary>The grid that the slices of a series make.</summary>
/// <param name="First">Where the first slice lies.</param>
/// <param name="Step">From a slice to the next, in mm.</param>
internal sealed record SeriesGeometry(SlicePlane First, Vector3D Step)
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
        IReadOnlyList<ScanSlice> slices = series.Slices;
        SlicePlane first = slices[0].Plane!.Value;
        SlicePlane last = slices[^1].Plane!.Value;
        Vector3D step = slices.Count > 1
            ? 1.0 / (slices.Count - 1) * (last.Origin - first.Origin)
            : (slices[0].Thickness ?? 1) * first.Normal;
        double tolerance = StepTolerance * step.Length;
        for (int i = 0; i < slices.Count; i++)
        {
            SlicePlane plane = slices[i].Plane!.Value;
            double off = (plane.Origin - first.Origin - (i * step)).Length;
            if (!(step.Length > AxisTolerance) || off > tolerance)
            {
                throw Uneven(path, string.Create(CultureInfo.InvariantCulture, $"{slices[i].Path} lies {off:0.##} mm from where slice {i + 1} of an even series would be; a slice may be missing or there twice"));
            }
        }

        return new SeriesGeometry(first, step);
    }

    /// <summary>Refuses a series whose slices do not say where they lie, or are of several shapes or directions.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The file that is to be written, for messages.</param>
    /// <exception cref="FileFormatException"><c>SeriesPosition</c> or <c>SeriesUneven</c>.</exception>
    public static void RequirePlanes(ScanSeries series, string path)
    {
        ScanSlice first = series.Slices[0];
        foreach (ScanSlice slice in series.Slices)
        {
            if (slice is not { Plane: { } plane, Spacing: not null })
            {
                throw new FileFormatException("SeriesPosition", path, $"not written, since {slice.Path} does not state its position, orientation and pixel spacing. Export it with these, or use -Format Png.");
            }

            SlicePlane other = first.Plane!.Value;
            bool isAlike = plane.Rows == other.Rows && plane.Columns == other.Columns
                && (plane.ColumnStep - other.ColumnStep).Length < AxisTolerance && (plane.RowStep - other.RowStep).Length < AxisTolerance;
            if (!isAlike)
            {
                throw Uneven(path, $"{slice.Path} has another size, spacing or direction than {first.Path}");
            }
        }
    }

    private static FileFormatException Uneven(string path, string problem) =>
        new("SeriesUneven", path, $"not written, since {problem}. Segment the parts of the series on their own, or use -Format Png.");
}
