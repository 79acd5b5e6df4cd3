namespace MedSeg.Volumes;

/// <summary>
/// Finds the slice of each contour: the nearest one, not further than half the distance of slices. A contour that names a slice as its source
/// belongs to it if it is not further away than the distance of slices, and to slices of other series at the same place.
/// </summary>
/// <param name="frameOfReference">The Frame of Reference UID of the contours; <see langword="null"/> if the file does not state it.</param>
internal sealed class RtContourMatcher(string? frameOfReference)
{
    // In mm, if the distance of slices is not known.
    private const double UnknownReach = 1;

    // Positions are written with few digits.
    private const double Rounding = 1.002;
    private const double PlanarPart = 0.25;

    private readonly Dictionary<RtContour, double?> _homes = [];
    private IReadOnlyList<SlicePlane> _slices = [];
    private double _distance = 2 * UnknownReach;

    /// <summary>Gives all slices that the contours may belong to.</summary>
    /// <param name="slices">The slices; empty if they are not known.</param>
    public void SetSlices(IReadOnlyList<SlicePlane> slices)
    {
        _slices = slices;
        _homes.Clear();
        _distance = 2 * UnknownReach;
        if (slices.Count > 0)
        {
            Vector3D normal = slices[0].Plane.Normal;
            double[] places = [.. slices.Select(slice => normal.Dot(slice.Plane.Origin)).Order()];
            double tolerance = SlicePlane.ToleranceOf(slices[0].Plane);
            _distance = places.Zip(places.Skip(1), (place, next) => next - place).Where(distance => distance > tolerance).DefaultIfEmpty(_distance).Min();
        }
    }

    /// <summary>Checks whether a contour belongs to a slice.</summary>
    /// <param name="contour">The contour.</param>
    /// <param name="slice">The slice.</param>
    public bool Belongs(RtContour contour, SlicePlane slice)
    {
        double? home;
        if (_slices.Count == 0)
        {
            home = FindHome(contour, [slice]);
        }
        else if (!_homes.TryGetValue(contour, out home))
        {
            _homes[contour] = home = FindHome(contour, _slices);
        }

        double offset = Offset(contour, slice);
        return home is { } place && MayBelong(contour, slice)
            && Math.Abs(offset - place) <= SlicePlane.ToleranceOf(slice.Plane)
            && contour.Thickness(slice.Plane.Normal) <= PlanarPart * _distance;
    }

    private static double Offset(RtContour contour, SlicePlane slice) => slice.Plane.Normal.Dot(contour.Centre - slice.Plane.Origin);

    private bool MayBelong(RtContour contour, SlicePlane slice) =>
        frameOfReference is null || slice.FrameOfReference is null || frameOfReference == slice.FrameOfReference || contour.IsDrawnOn(slice);

    // The distance from the slice to the contour; null if it has no slice, or is halfway between two.
    private double? FindHome(RtContour contour, IReadOnlyList<SlicePlane> slices)
    {
        double? nearest = null;
        bool isHalfway = false;
        foreach (SlicePlane slice in slices)
        {
            double offset = Offset(contour, slice);
            if (Math.Abs(offset) <= _distance * Rounding && contour.IsDrawnOn(slice))
            {
                return offset;
            }

            if (Math.Abs(offset) > _distance / 2 * Rounding || !MayBelong(contour, slice))
            {
                continue;
            }

            double tolerance = SlicePlane.ToleranceOf(slice.Plane);
            bool isNearer = nearest is null || Math.Abs(offset) < Math.Abs(nearest.Value) - tolerance;
            isHalfway = !isNearer && (isHalfway || (Math.Abs(offset - nearest!.Value) > tolerance && Math.Abs(offset) <= Math.Abs(nearest.Value) + tolerance));
            nearest = isNearer ? offset : nearest;
        }

        return isHalfway ? null : nearest;
    }
}
