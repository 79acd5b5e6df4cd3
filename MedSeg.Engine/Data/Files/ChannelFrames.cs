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
    /// <summary>Finds the frames of each channel.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sources">Which frames are of a channel: those in which an attribute has a value.</param>
    /// <returns>The frames of each channel, from 0, in the order of the file; none of a channel that no attribute tells, or if no frame states anything of its own.</returns>
    public static int[][] Match(DicomFile file, IReadOnlyList<ChannelSource> sources)
    {
        var groups = new FunctionalGroups(file.Dataset);
        int frames = groups.AreThere ? DicomPixels.Open(file).Description.Frames : 0;
        return [.. sources.Select(source => source.IsAttribute ? Match(groups, frames, source) : [])];
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
        var source = ChannelSource.Of(channels[channel]);
        int[] frames = source.IsAttribute ? Match(new FunctionalGroups(file.Dataset), pixels.Frames, source) : [];
        return frames.Length > 0 && frames.Length < pixels.Frames ? Sort(frames, file, pixels, channels[channel]) : null;
    }

    private static int[] Match(FunctionalGroups groups, int frames, ChannelSource source) => [.. Enumerable.Range(0, frames).Where(frame => source.Matches(groups, frame))];

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
