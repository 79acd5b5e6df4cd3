using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Puts the channels of a slice together, which must be of the same size and at the same place.</summary>
internal static class ChannelPlace
{
    // Of the distance between pixels: channels of one scan may be shifted by a fraction of a pixel, as chemical shift does.
    private const double Tolerance = 0.5;

    /// <summary>Returns the distance between two images above which they are at different places, in mm.</summary>
    /// <param name="plane">One of them.</param>
    public static double ToleranceOf(in ImagePlane plane) => Tolerance * Math.Min(plane.ColumnStep.Length, plane.RowStep.Length);

    /// <summary>Puts the channels of a slice together.</summary>
    /// <param name="slices">The slice of each channel, at least one.</param>
    /// <param name="paths">Their files, for messages.</param>
    /// <param name="channels">The channels.</param>
    /// <returns>The slice of the first channel, with the others.</returns>
    /// <exception cref="FileFormatException"><c>ChannelPlaceDiffers</c>: they differ in size or place.</exception>
    public static ImageSlice Combine(IReadOnlyList<ImageSlice> slices, IReadOnlyList<string> paths, IReadOnlyList<ImageChannel> channels)
    {
        for (int i = 1; i < slices.Count; i++)
        {
            if (FindDifference(slices[0], slices[i]) is { } difference)
            {
                throw Differs(paths[i], $"The channel '{channels[i].Name}' {difference} '{channels[0].Name}', {paths[0]}.");
            }
        }

        return slices[0] with { OtherChannels = [.. slices.Skip(1)] };
    }

    /// <summary>Makes sure that there is an image for each channel.</summary>
    /// <param name="path">The absolute path of the image, for messages.</param>
    /// <param name="paths">The file of each channel, or null.</param>
    /// <param name="channels">The channels.</param>
    /// <returns>The files.</returns>
    /// <exception cref="FileFormatException"><c>ChannelMissing</c>.</exception>
    public static string[] RequireAll(string path, IReadOnlyList<string?> paths, IReadOnlyList<ImageChannel> channels)
    {
        ImageChannel[] missing = [.. channels.Where((_, i) => paths[i] is null)];
        return missing.Length == 0
            ? [.. paths.Select(file => file!)]
            : throw new FileFormatException(ErrorIds.ChannelMissing, path, $"There is no image of the channel{(missing.Length > 1 ? "s" : "")} {string.Join(", ", missing.Select(channel => channel.Described))} at the place of this one.")
            {
                Advice = "Add the missing image, or remove this one.",
            };
    }

    /// <summary>Makes the error for channels that do not belong together.</summary>
    /// <param name="path">The file of the channel.</param>
    /// <param name="finding">What differs.</param>
    public static FileFormatException Differs(string path, string finding) =>
        new(ErrorIds.ChannelPlaceDiffers, path, finding) { Advice = "If they show the same place with other pixels, use -ResampleChannel." };

    private static string? FindDifference(ImageSlice first, ImageSlice other)
    {
        if ((first.Rows, first.Columns) != (other.Rows, other.Columns))
        {
            return $"has {other.Rows} × {other.Columns} pixels, but there are {first.Rows} × {first.Columns} in";
        }

        (int frames, int others) = (first.ChannelFrames ?? first.Frames, other.ChannelFrames ?? other.Frames);
        if (frames != others)
        {
            return $"has {others} slices, but there are {frames} in";
        }

        if (first.Plane is not { } plane || other.Plane is not { } otherPlane)
        {
            return null;
        }

        double tolerance = ToleranceOf(plane);
        (int lastRow, int lastColumn) = (first.Rows - 1, first.Columns - 1);
        double farthest = Enumerable.Max(
        [
            (otherPlane.Origin - plane.Origin).Length,
            (otherPlane.Origin - plane.Origin + (lastColumn * (otherPlane.ColumnStep - plane.ColumnStep))).Length,
            (otherPlane.Origin - plane.Origin + (lastRow * (otherPlane.RowStep - plane.RowStep))).Length,
        ]);
        return farthest <= tolerance ? null : string.Create(CultureInfo.InvariantCulture, $"is up to {farthest:0.##} mm away from");
    }
}
