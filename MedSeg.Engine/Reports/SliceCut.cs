using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>Finds the axis along which the volume of a segmented slice was cut. The record of a slice does not state it, but its size and position do.</summary>
internal sealed class SliceCut
{
    private const double LocationTolerance = 1e-3;
    private static readonly SliceAxis[] s_axes = [SliceAxis.Auto, SliceAxis.First, SliceAxis.Second, SliceAxis.Third];

    private (string Path, VolumeHeader? Header)? _last;

    /// <summary>Finds the axis from the header of the volume, which is kept for the next slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>First, Second or Third; null for an image that is not a volume, or one that has no such slice.</returns>
    public SliceAxis? Of(SegmentedSlice slice)
    {
        if (_last?.Path != slice.ImagePath)
        {
            _last = (slice.ImagePath, ReadHeader(slice.ImagePath));
        }

        return _last!.Value.Header is { } header ? Of(slice, header) : null;
    }

    /// <summary>Finds the axis.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="header">The header of its volume.</param>
    /// <returns>First, Second or Third; null if the volume has no such slice.</returns>
    public static SliceAxis? Of(SegmentedSlice slice, VolumeHeader header) =>
        s_axes.Select(axis => new VolumeSlices(header.Geometry, axis)).FirstOrDefault(slices => IsOf(slice, slices)) is { } cut ? SliceAxis.First + cut.Across : null;

    private static bool IsOf(SegmentedSlice slice, VolumeSlices slices)
    {
        if (slices.Rows != slice.Rows || slices.Columns != slice.Columns || slice.Frame > slices.Count)
        {
            return false;
        }

        ImagePlane? plane = slices.Spacing is null ? null : slices.PlaneOf(slice.Frame - 1);
        return slice.Location is null || plane is null || Math.Abs(plane.Value.Origin.Dot(plane.Value.Normal) - slice.Location.Value) < LocationTolerance;
    }

    // A volume that cannot be read is reported where its picture is drawn.
    private static VolumeHeader? ReadHeader(string path)
    {
        try
        {
            return ImageSource.IsVolume(path) ? VolumeFile.ReadHeader(path) : null;
        }
        catch (MedSegException)
        {
            return null;
        }
    }
}
