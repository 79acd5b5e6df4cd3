using System.Globalization;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// The slices of a channel whose pixels are elsewhere than those of the first channel: it is resampled, linearly within its slices and between
/// them. What it does not cover has its least value.
/// </summary>
internal sealed class ChannelStack
{
    // Less is no image of the same place.
    private const double LeastCovered = 0.5;

    private readonly string _path;
    private readonly ImageSlice[] _slices;
    private readonly ImagePlane[] _planes;
    private readonly Vector3D _normal;
    private readonly double[] _places;
    private readonly double _margin;

    /// <summary>Initializes a new instance of the <see cref="ChannelStack"/> class.</summary>
    /// <param name="slices">All slices of the file.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException"><c>ChannelPlaceDiffers</c>: the file does not state where its slices are.</exception>
    public ChannelStack(IReadOnlyList<ImageSlice> slices, string path)
    {
        if (slices.Any(slice => slice.Plane is null))
        {
            throw ChannelPlace.Differs(path, "The channel cannot be resampled, because its file does not state where the image is.");
        }

        _path = path;
        _normal = slices[0].Plane!.Value.Normal;
        _slices = [.. slices.OrderBy(slice => slice.Plane!.Value.Origin.Dot(_normal))];
        _planes = [.. _slices.Select(slice => slice.Plane!.Value)];
        _places = [.. _planes.Select(plane => plane.Origin.Dot(_normal))];
        _margin = _places.Length > 1 ? (_places[^1] - _places[0]) / (_places.Length - 1) / 2 : ChannelPlace.ToleranceOf(_planes[0]);
    }

    /// <summary>Resamples the channel.</summary>
    /// <param name="first">The slice of the first channel.</param>
    /// <returns>The channel at the pixels of that slice.</returns>
    /// <exception cref="FileFormatException"><c>ChannelPlaceDiffers</c>: the channel covers less than half of the slice, or the slice has no position.</exception>
    public ImageSlice Like(ImageSlice first)
    {
        ImagePlane plane = first.Plane ?? throw ChannelPlace.Differs(_path, "The channel cannot be resampled, because the first one does not state where the image is.");
        float[] pixels = new float[first.Pixels.Length];
        int covered = 0;
        float least = _slices.Min(slice => slice.Pixels.Min());
        for (int row = 0; row < first.Rows; row++)
        {
            for (int column = 0; column < first.Columns; column++)
            {
                float? value = At(plane.Origin + (column * plane.ColumnStep) + (row * plane.RowStep));
                covered += value is null ? 0 : 1;
                pixels[(row * first.Columns) + column] = value ?? least;
            }
        }

        return covered >= LeastCovered * pixels.Length
            ? _slices[0] with { Pixels = pixels, Rows = first.Rows, Columns = first.Columns, Plane = plane, Frame = first.Frame, Frames = first.Frames }
            : throw ChannelPlace.Differs(_path, string.Create(CultureInfo.InvariantCulture, $"The channel covers only {100.0 * covered / pixels.Length:0} % of a slice of the first one."));
    }

    private float? At(Vector3D position)
    {
        double place = position.Dot(_normal);
        if (place < _places[0] - _margin || place > _places[^1] + _margin)
        {
            return null;
        }

        int above = Array.BinarySearch(_places, place);
        above = Math.Clamp(above < 0 ? ~above : above, 0, _places.Length - 1);
        int below = place < _places[above] ? Math.Max(0, above - 1) : above;
        double gap = _places[above] - _places[below];
        float share = gap > 0 ? (float)((place - _places[below]) / gap) : 0;
        float? low = InSlice(below, position);
        float? high = above == below ? low : InSlice(above, position);
        return low is null || high is null ? null : ((1 - share) * low) + (share * high);
    }

    private float? InSlice(int index, Vector3D position)
    {
        (ImageSlice slice, ImagePlane plane) = (_slices[index], _planes[index]);
        Vector3D offset = position - plane.Origin;
        double x = offset.Dot(plane.ColumnStep) / plane.ColumnStep.Dot(plane.ColumnStep);
        double y = offset.Dot(plane.RowStep) / plane.RowStep.Dot(plane.RowStep);
        if (x < -0.5 || y < -0.5 || x > slice.Columns - 0.5 || y > slice.Rows - 0.5)
        {
            return null;
        }

        (x, y) = (Math.Clamp(x, 0, slice.Columns - 1), Math.Clamp(y, 0, slice.Rows - 1));
        (int left, int top) = ((int)x, (int)y);
        (int right, int bottom) = (Math.Min(left + 1, slice.Columns - 1), Math.Min(top + 1, slice.Rows - 1));
        (float fx, float fy) = ((float)(x - left), (float)(y - top));
        float Pixel(int row, int column) => slice.Pixels[(row * slice.Columns) + column];
        return ((1 - fy) * (((1 - fx) * Pixel(top, left)) + (fx * Pixel(top, right)))) + (fy * (((1 - fx) * Pixel(bottom, left)) + (fx * Pixel(bottom, right))));
    }
}
