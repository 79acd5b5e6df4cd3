using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Reads the pixels of slices, with all channels.</summary>
/// <param name="reading">How images are read.</param>
internal sealed class ScanReader(ImageReading reading)
{
    private readonly SliceReader[] _readers = [.. Enumerable.Range(0, Math.Max(1, reading.Channels.Count)).Select(channel => new SliceReader(reading, channel))];

    private readonly (string Path, ChannelStack Stack)?[] _stacks = new (string, ChannelStack)?[Math.Max(1, reading.Channels.Count)];
    private readonly object _gate = new();

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
        if (reading.ResampleChannels)
        {
            ImageSlice first = _readers[0].Read(slice with { Path = paths[0] });
            return first with { OtherChannels = [.. paths.Skip(1).Select((path, i) => StackOf(i + 1, path).Like(first))] };
        }

        return ChannelPlace.Combine([.. paths.Select((path, i) => _readers[i].Read(slice with { Path = path }))], paths, reading.Channels);
    }

    // The slices of a file follow each other.
    private ChannelStack StackOf(int channel, string path)
    {
        lock (_gate)
        {
            if (_stacks[channel] is not var (known, stack) || known != path)
            {
                stack = new ChannelStack([.. ImageSource.Read(path, reading, channel: channel)], path);
                _stacks[channel] = (path, stack);
            }

            return stack;
        }
    }
}
