using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Reads images of all formats, slice by slice: DICOM, the volumes of <see cref="VolumeFile"/> and the pictures of <see cref="PictureFile"/>.</summary>
internal static class ImageSource
{
    /// <summary>Checks whether a file is a volume that is not DICOM.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsVolume(string path) => VolumeFile.Is(path) && !DicomImageReader.IsDicom(path);

    /// <summary>Checks whether a file is an image; a damaged file counts as one.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns><see langword="false"/> for a DICOM report, contours and the like.</returns>
    public static bool MayHoldImage(string path) => IsVolume(path) || PictureFile.Is(path) || DicomImageReader.MayHoldImage(path);

    /// <summary>Reads the frames of a DICOM file, or the slices of a volume, with the channels that are in this file: colours, or volumes along the fourth axis.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="reading">How images are read.</param>
    /// <param name="buffer">Memory that the next slice may overwrite; <see langword="null"/> to allocate memory for each.</param>
    /// <param name="channel">The channel, from 0, whose frames are read of a DICOM file that has frames of several.</param>
    /// <returns>The slices, each decoded when it is enumerated.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is damaged.</exception>
    public static IEnumerable<ImageSlice> Read(string path, ImageReading reading, FrameBuffer? buffer = null, int channel = 0) =>
        IsVolume(path) ? ReadVolume(OpenVolume(path, reading), buffer)
        : PictureFile.Is(path) ? PictureFile.Read(path, reading.Spacing, ChannelSource.ComponentsIn(path, reading.Channels))
        : ReadDicom(path, reading, buffer, channel);

    /// <summary>Reads the slices of an image, whose channels may be files of their own.</summary>
    /// <param name="path">The absolute path of the image.</param>
    /// <param name="channels">The file of each channel, or null where there is none; one or none if all channels are in one file.</param>
    /// <param name="reading">How images are read.</param>
    /// <param name="buffer">Memory that the next slice may overwrite; <see langword="null"/> to allocate memory for each.</param>
    /// <returns>The slices with their other channels, each decoded when it is enumerated.</returns>
    /// <exception cref="MedSegException">A file cannot be read, is damaged, is missing (<c>ChannelMissing</c>), or is of another place (<c>ChannelPlaceDiffers</c>).</exception>
    public static IEnumerable<ImageSlice> Read(string path, IReadOnlyList<string?> channels, ImageReading reading, FrameBuffer? buffer = null)
    {
        if (channels.Count < 2)
        {
            return Read(path, reading, buffer);
        }

        string[] paths = ChannelPlace.RequireAll(path, channels, reading.Channels);
        return ReadTogether(paths, reading, buffer);
    }

    /// <summary>Reads the slices of a file for a reader who looks at them: of its channels only the first.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="axis">The axis along which a volume that is not DICOM is cut.</param>
    /// <returns>The slices, each decoded when it is enumerated.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is damaged.</exception>
    public static IEnumerable<ImageSlice> ReadFirst(string path, SliceAxis axis = SliceAxis.Auto) =>
        IsVolume(path) ? ReadVolume(ImageVolume.Open(path, axis, [0]), buffer: null)
        : PictureFile.Is(path) ? PictureFile.ReadFirst(path, spacing: null)
        : Read(path, new ImageReading());

    /// <summary>Lists the files of an image: a header and its voxels may be two.</summary>
    /// <param name="path">The absolute path.</param>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        try
        {
            return VolumeFile.MayHavePartner(path) ? VolumeFile.ReadHeader(path).Files : [path];
        }
        catch (MedSegException)
        {
            // The error is reported when the file is read.
            return [path];
        }
    }

    /// <summary>Opens a volume whose slices several threads may read at once.</summary>
    /// <param name="path">The absolute path of a volume.</param>
    /// <param name="reading">How it is cut, and the channels in it.</param>
    /// <param name="ahead">If it is given, the voxels are read while slices are asked for, until it is cancelled; <see cref="ImageVolume.Complete"/> tells whether all could be read.</param>
    /// <exception cref="MedSegException">As <see cref="Read(string, ImageReading, FrameBuffer?, int)"/>.</exception>
    public static ImageVolume OpenVolume(string path, ImageReading reading, CancellationToken? ahead = null)
    {
        VoxelVolume volume = ahead is { } stop ? VolumeFile.OpenAhead(path, stop) : VolumeFile.Open(path);
        return ImageVolume.Of(volume, reading.Axis, ChannelSource.VolumesIn(volume.Header, reading.Channels));
    }

    private static IEnumerable<ImageSlice> ReadDicom(string path, ImageReading reading, FrameBuffer? buffer, int channel)
    {
        int? count = null;
        IReadOnlyList<int>? Choose(DicomFile file)
        {
            int[]? frames = ChannelFrames.Choose(file, reading.Channels, channel);
            count = frames?.Length;
            return frames;
        }

        return DicomImageReader.ReadFrames(path, buffer, ChannelSource.ComponentsIn(path, reading.Channels), Choose).Select(image => ImageSlice.Of(image) with { ChannelFrames = count });
    }

    private static IEnumerable<ImageSlice> ReadTogether(string[] paths, ImageReading reading, FrameBuffer? buffer)
    {
        if (reading.ResampleChannels)
        {
            ChannelStack[] others = [.. paths.Skip(1).Select((path, i) => new ChannelStack([.. Read(path, reading, channel: i + 1)], path))];
            foreach (ImageSlice slice in Read(paths[0], reading, buffer))
            {
                yield return slice with { OtherChannels = [.. others.Select(other => other.Like(slice))] };
            }

            yield break;
        }

        IEnumerator<ImageSlice>[] readers = [.. paths.Select((path, i) => Read(path, reading, i == 0 ? buffer : null, i).GetEnumerator())];
        try
        {
            // All channels have as many slices as the first, or the first slices already differ.
            while (readers[0].MoveNext())
            {
                yield return ChannelPlace.Combine([.. readers.Select((reader, i) => i == 0 || reader.MoveNext() ? reader.Current : throw ChannelPlace.Differs(paths[i], "The channel has fewer slices than the first one."))], paths, reading.Channels);
            }
        }
        finally
        {
            Array.ForEach(readers, reader => reader.Dispose());
        }
    }

    private static IEnumerable<ImageSlice> ReadVolume(ImageVolume volume, FrameBuffer? buffer)
    {
        for (int slice = 0; slice < volume.Slices.Count; slice++)
        {
            yield return volume.Read(slice, buffer);
        }
    }
}
