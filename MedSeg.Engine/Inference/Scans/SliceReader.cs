using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Reads the pixels of slices. It keeps the last multi-frame file or volume in memory, since its slices follow each other.</summary>
/// <param name="reading">How images are read.</param>
/// <param name="channel">The channel that is read of files with frames of several, from 0.</param>
internal sealed class SliceReader(ImageReading reading, int channel = 0)
{
    private readonly object _gate = new();
    private string? _path;
    private DicomFrameReader? _frames;
    private int[]? _ofChannel;
    private ImageVolume? _volume;

    /// <summary>Reads a slice; several threads may do so at once.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The image.</returns>
    public ImageSlice Read(SourceSlice slice)
    {
        if (slice.Volume is not null)
        {
            ImageVolume volume = VolumeOf(slice.Path);
            return slice.Frame < volume.Slices.Count ? volume.Read(slice.Frame)
                : throw ChannelPlace.Differs(slice.Path, $"The channel has {volume.Slices.Count} slices, but the first one has {slice.Frames}.");
        }

        if (slice.IsPicture)
        {
            return ImageSource.Read(slice.Path, reading).ElementAt(slice.Frame);
        }

        if (slice.Frames == 1)
        {
            return ImageSlice.Of(DicomImageReader.ReadFrames(slice.Path, buffer: null, ChannelSource.ComponentsIn(slice.Path, reading.Channels)).First());
        }

        lock (_gate)
        {
            if (_path != slice.Path)
            {
                (_frames, _volume, _path) = (null, null, null);
                DicomFile file = DicomImageReader.Parse(slice.Path);
                _frames = new DicomFrameReader(file, buffer: null, ChannelSource.ComponentsIn(slice.Path, reading.Channels));
                _ofChannel = ChannelFrames.Choose(file, reading.Channels, channel);
                _path = slice.Path;
            }

            // The frames of each channel are sorted by position.
            int count = _ofChannel?.Length ?? _frames!.Count;
            int index = slice.OfChannel ?? slice.Frame;
            return index < count
                ? ImageSlice.Of(_frames!.Read(_ofChannel?[index] ?? index)) with { ChannelFrames = _ofChannel?.Length }
                : throw ChannelPlace.Differs(slice.Path, $"The channel has {count} slices, but the first one has more.");
        }
    }

    private ImageVolume VolumeOf(string path)
    {
        lock (_gate)
        {
            if (_path != path || _volume is null)
            {
                // The last volume is released before the next one takes memory.
                (_frames, _volume, _path) = (null, null, null);
                _volume = ImageSource.OpenVolume(path, reading);
                _path = path;
            }

            return _volume;
        }
    }
}
