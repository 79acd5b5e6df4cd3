using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>Where the slices of a series are: their direction, distance, gaps and repetitions.</summary>
internal sealed record SlicePlaces
{
    // The cosine of 30°, as people still call such slices axial, sagittal or coronal.
    private const double LeastCosine = 0.8660254;
    private const double ParallelTolerance = 1e-2;
    private const double SamePlace = 1e-3;
    private const double EvenTolerance = 0.05;
    private const double GapFrom = 1.5;

    private Vector3D? _axis;

    /// <summary>Gets the direction of the slices.</summary>
    public SliceOrientation Orientation { get; private init; }

    /// <summary>Gets the distance of most neighbouring planes, in mm; <see langword="null"/> if it is not known.</summary>
    public double? Distance { get; private init; }

    /// <summary>Gets the number of slices that are missing between others; <see langword="null"/> if positions are not stated.</summary>
    public int? Missing { get; private init; }

    /// <summary>Gets the number of slices at the place of another.</summary>
    public int Repeated { get; private init; }

    /// <summary>Gets a value indicating whether distances differ by other amounts than whole slices.</summary>
    public bool IsUneven { get; private init; }

    /// <summary>Finds the places of the slices of files.</summary>
    /// <param name="files">The files of a series, at least one.</param>
    public static SlicePlaces Of(IReadOnlyList<ScannedFile> files)
    {
        Vector3D? normal = files.Select(file => file.Normal).FirstOrDefault(found => found is not null);
        if (normal is not { } axis)
        {
            return new SlicePlaces();
        }

        bool isMixed = files.Any(file => file.IsMixed || (file.Normal is { } other && Math.Abs(other.Dot(axis)) < 1 - ParallelTolerance));
        double[] places = [.. files.SelectMany(file => file.Origins).Select(origin => origin.Dot(axis)).Order()];
        return isMixed || places.Length == 0
            ? new SlicePlaces { Orientation = isMixed ? SliceOrientation.Mixed : OrientationOf(axis), _axis = axis }
            : Measure(places) with { Orientation = OrientationOf(axis), _axis = axis };
    }

    /// <summary>Sorts files by the place of their first slice, those without one by name.</summary>
    /// <param name="files">The files.</param>
    public IEnumerable<ScannedFile> Sort(IEnumerable<ScannedFile> files) =>
        (_axis is { } axis ? files.OrderBy(file => file.LocationAlong(axis)) : files.OrderBy(_ => 0)).ThenBy(file => file.Path, StringComparer.Ordinal);

    private static SlicePlaces Measure(double[] places)
    {
        double[] steps = [.. places.Zip(places.Skip(1), (place, next) => next - place)];
        double[] apart = [.. steps.Where(step => step > SamePlace).Order()];
        int repeated = steps.Length - apart.Length;
        if (apart.Length == 0)
        {
            return new SlicePlaces { Missing = 0, Repeated = repeated };
        }

        // More than half of the neighbours may not be apart by gaps, or they are the rule.
        double distance = apart[(apart.Length - 1) / 2];
        return new SlicePlaces
        {
            Distance = distance,
            Repeated = repeated,
            Missing = apart.Where(step => step >= GapFrom * distance).Sum(step => (int)Math.Min(int.MaxValue / apart.Length, Math.Round(step / distance) - 1)),
            IsUneven = Array.Exists(apart, step => Math.Abs((step / distance) - Math.Max(1, Math.Round(step / distance))) > EvenTolerance * Math.Max(1, Math.Round(step / distance))),
        };
    }

    private static SliceOrientation OrientationOf(Vector3D normal) => (Math.Abs(normal.X), Math.Abs(normal.Y), Math.Abs(normal.Z)) switch
    {
        (_, _, >= LeastCosine) => SliceOrientation.Axial,
        (_, >= LeastCosine, _) => SliceOrientation.Coronal,
        (>= LeastCosine, _, _) => SliceOrientation.Sagittal,
        _ => SliceOrientation.Oblique,
    };
}
