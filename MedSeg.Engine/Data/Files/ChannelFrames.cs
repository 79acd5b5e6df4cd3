using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// The frames of a channel in an enhanced multi-frame DICOM file that has several, such as b-values, echoes, or water and fat: each frame states its own
/// in its functional groups (DICOM PS3.3, C.7.6.16).
/// </summary>
internal static class ChannelFrames
{
    /// <summary>Finds the frames of a channel.</summary>
    /// <param name="file">The file.</param>
    /// <param name="source">Which frames are of the channel: those in which an attribute has a value.</param>
    /// <returns>The frames, from 0, in the order of the file; <see langword="null"/> if no frame states anything of its own.</returns>
    public static int[]? Match(DicomFile file, ChannelSource source)
    {
        var groups = new FunctionalGroups(file.Dataset);
        return source.IsAttribute && groups.AreThere
            ? [.. Enumerable.Range(0, DicomPixels.Open(file).Description.Frames).Where(frame => source.Matches(groups, frame))]
            : null;
    }

    /// <summary>Chooses the frames of a channel, if the file has others.</summary>
    /// <param name="file">The file.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="channel">The channel, from 0.</param>
    /// <returns>
    /// The frames, from 0, sorted by position, so that those of all channels correspond; <see langword="null"/> if all frames are of the channel.
    /// </returns>
    /// <exception cref="FileFormatException"><c>ChannelAmbiguous</c>: two frames are at the same place.</exception>
    public static int[]? Choose(DicomFile file, IReadOnlyList<ImageChannel> channels, int channel)
    {
        if (channel >= channels.Count || !file.Dataset.Contains(DicomTag.PerFrameFunctionalGroups))
        {
            return null;
        }

        PixelDescription pixels = DicomPixels.Open(file).Description;
        return Match(file, ChannelSource.Of(channels[channel])) is { Length: > 0 } frames && frames.Length < pixels.Frames ? Sort(frames, file, pixels, channels[channel]) : null;
    }

    private static int[] Sort(int[] frames, DicomFile file, PixelDescription pixels, ImageChannel channel)
    {
        var planes = SlicePlane.ReadAll(file, pixels).ToDictionary(plane => plane.Frame - 1, plane => plane.Plane);
        if (!Array.TrueForAll(frames, planes.ContainsKey))
        {
            return frames;
        }

        Vector3D normal = planes[frames[0]].Normal;
        int[] sorted = [.. frames.OrderBy(frame => planes[frame].Origin.Dot(normal))];
        for (int i = 1; i < sorted.Length; i++)
        {
            if ((planes[sorted[i]].Origin - planes[sorted[i - 1]].Origin).Length <= SlicePlane.ToleranceOf(planes[sorted[i]]))
            {
                throw new FileFormatException(ErrorIds.ChannelAmbiguous, file.Dataset.Source.Path, $"Frames {sorted[i - 1] + 1} and {sorted[i] + 1} are both of the channel {channel.Described}, and at the same place.")
                {
                    Advice = "Choose the frames by an attribute that tells them apart, for example FrameType, ComplexImageComponent or DiffusionDirectionality.",
                };
            }
        }

        return sorted;
    }
}
