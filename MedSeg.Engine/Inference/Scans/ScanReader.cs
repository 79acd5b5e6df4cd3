using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Reads the pixels of slices, with all channels.</summary>
/// <param name="reading">How images are read.</param>
internal sealed class ScanReader(ImageReading reading)
{
    private readonly SliceReader[] _readers = [.. Enumerable.Range(0, Math.Max(1, reading.Channels.Count)).Select(_ => new SliceReader(reading))];

    /// <summary>Reads a slice; several threads may do so at once.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The image.</returns>
    /// <exception cref="MedSegException">A file cannot be read, a channel is missing (<c>ChannelMissing</c>), or is of another place (<c>ChannelPlaceDiffers</c>).</exception>
    public ImageSlice Read(SourceSlice slice)
    {
        if (slice.Channels.Count < 2)
        {
            return _readers[0].Read(slice);
        }

        string[] paths = ChannelPlace.RequireAll(slice.Path, slice.Channels, reading.Channels);
        return ChannelPlace.Combine([.. paths.Select((path, i) => _readers[i].Read(slice with { Path = path }))], paths, reading.Channels);
    }
}
