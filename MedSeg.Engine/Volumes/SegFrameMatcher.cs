namespace MedSeg.Volumes;

/// <summary>
/// Finds the slice that each frame of a DICOM SEG was drawn on: the one nearest to its plane, or the nearest of those that it names as its
/// source. Slices may overlap, so thickness alone would give a frame to its neighbours as well.
/// </summary>
/// <param name="frameOfReference">The Frame of Reference UID of the segmentation; <see langword="null"/> if it does not state it.</param>
internal sealed class SegFrameMatcher(string? frameOfReference)
{
    // Of the tolerance: positions closer together differ by rounding only. Of the distance of slices: the tolerance where they are close.
    private const double Rounding = 0.4;
    private const double PartOfDistance = 0.25;

    private readonly Dictionary<int, double?> _homes = [];
    private IReadOnlyList<SlicePlane> _slices = [];
    private double _tolerance = double.PositiveInfinity;

    /// <summary>Gives all slices that the segmentation may belong to.</summary>
    /// <param name="slices">The slices; empty if they are not known.</param>
    public void SetSlices(IReadOnlyList<SlicePlane> slices)
    {
        _slices = slices;
        _homes.Clear();
        _tolerance = slices.Count == 0 ? double.PositiveInfinity : PartOfDistance * SmallestDistance(slices);
    }

    /// <summary>Finds the frames of a slice, among those with a position.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="frames">All frames.</param>
    /// <returns>The frames, with the section that the slice shows.</returns>
    public IReadOnlyList<(SegFrame Frame, GridSection Section)> Find(SlicePlane image, IReadOnlyList<SegFrame> frames)
    {
        var found = new List<(SegFrame Frame, GridSection Section, double Distance)>();
        foreach (SegFrame frame in frames)
        {
            if (Touches(frame, image, out GridSection section, out double offset) && IsHome(frame, image, offset))
            {
                found.Add((frame, section, Math.Abs(offset)));
            }
        }

        // Frames may be closer together than slices: only those of the nearest plane are labels of the slice.
        double nearest = found.Count == 0 ? 0 : found.Min(match => match.Distance);
        return [.. found.Where(match => match.Distance <= nearest + ToleranceOf(image.Plane)).Select(match => (match.Frame, match.Section))];
    }

    private static double SmallestDistance(IReadOnlyList<SlicePlane> slices)
    {
        ImagePlane first = slices[0].Plane;
        double[] places = [.. slices.Select(slice => first.Normal.Dot(slice.Plane.Centre)).Order()];
        double rounding = Rounding * SlicePlane.ToleranceOf(first);
        return places.Zip(places.Skip(1), (place, next) => next - place).Where(distance => distance > rounding).DefaultIfEmpty(double.PositiveInfinity).Min();
    }

    private double ToleranceOf(in ImagePlane plane) => Math.Min(_tolerance, SlicePlane.ToleranceOf(plane));

    private bool IsHome(SegFrame frame, SlicePlane image, double offset) =>
        _slices.Count == 0 || (HomeOf(frame) is { } home && Math.Abs(offset - home) <= ToleranceOf(image.Plane));

    private double? HomeOf(SegFrame frame)
    {
        if (!_homes.TryGetValue(frame.Index, out double? home))
        {
            _homes[frame.Index] = home = FindHome(frame);
        }

        return home;
    }

    // The distance from the frame to its slice along the frame's normal; null if it has no slice, or is halfway between two.
    private double? FindHome(SegFrame frame)
    {
        var candidates = new List<(double Offset, bool IsNamed)>();
        foreach (SlicePlane slice in _slices)
        {
            if (Touches(frame, slice, out _, out double offset))
            {
                candidates.Add((offset, frame.IsDrawnOn(slice)));
            }
        }

        bool hasSource = candidates.Exists(candidate => candidate.IsNamed);
        double[] offsets = [.. candidates.Where(candidate => candidate.IsNamed || !hasSource).Select(candidate => candidate.Offset)];
        if (offsets.Length == 0)
        {
            return null;
        }

        double home = offsets.MinBy(Math.Abs);
        double tolerance = ToleranceOf(frame.Plane!.Value);
        bool isHalfway = Array.Exists(offsets, offset => Math.Abs(offset - home) > tolerance && Math.Abs(offset) <= Math.Abs(home) + (tolerance / 2));
        return isHalfway ? null : home;
    }

    private bool Touches(SegFrame frame, SlicePlane slice, out GridSection section, out double offset)
    {
        section = default;
        offset = 0;
        bool isElsewhere = frameOfReference is not null && slice.FrameOfReference is not null && frameOfReference != slice.FrameOfReference;
        if (frame is not { Grid: { } grid, Plane: { } plane } || (isElsewhere && !frame.IsDrawnOn(slice)))
        {
            return false;
        }

        offset = plane.Normal.Dot(slice.Plane.Centre - plane.Centre);
        return grid.Find(slice.Plane, out section) is null && section.Overlaps(slice.Plane, grid.Counts);
    }
}
