using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Reads the pixels of slices. It keeps the last multi-frame file or volume in memory, since its slices follow each other.</summary>
/// <param name="reading">How images are read.</param>
internal sealed class SliceReader(ImageReading reading)
{
    private readonly object _gate = new();
    private string? _path;
    private DicomFrameReader? _frames;
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
                _frames = new DicomFrameReader(DicomImageReader.Parse(slice.Path), buffer: null, ChannelSource.ComponentsIn(slice.Path, reading.Channels));
                _path = slice.Path;
            }

            return ImageSlice.Of(_frames!.Read(slice.Frame));
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
