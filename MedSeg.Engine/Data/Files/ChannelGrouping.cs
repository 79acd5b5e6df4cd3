using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// Finds for each image of the first channel the images of the others: by the name that is left without what tells the channels apart, or, where
/// the names have nothing in common, by the place that their DICOM headers state.
/// </summary>
internal sealed class ChannelGrouping
{
    private const string Advice = "Say with -Channel which images are of which channel, for example -Channel 'water=_W', 'fat=_F' for files whose names end with _W and _F.";

    private readonly IReadOnlyList<ImageChannel> _channels;
    private readonly ChannelSource[] _sources;
    private readonly List<string> _others = [];

    /// <summary>Initializes a new instance of the <see cref="ChannelGrouping"/> class.</summary>
    /// <param name="channels">The channels, at least one.</param>
    /// <exception cref="MedSegException"><c>ChannelInvalid</c>.</exception>
    public ChannelGrouping(IReadOnlyList<ImageChannel> channels)
    {
        _channels = channels;
        _sources = [.. channels.Select(ChannelSource.Of)];
        RequireOneKind(_sources);
    }

    /// <summary>Gets the files that are of no channel.</summary>
    public IReadOnlyList<string> Others => _others;

    /// <summary>Groups images.</summary>
    /// <param name="images">The names and absolute paths of the images.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the work: where channels are told apart by attributes, each file is read.</param>
    /// <returns>The groups; an image of the second channel and so on that has no first is a group as well.</returns>
    /// <exception cref="MedSegException">Two images are of the same channel at the same place, or an image is of two channels (<c>ChannelAmbiguous</c>).</exception>
    public IReadOnlyList<ChannelGroup> Group(IEnumerable<(string Name, string Path)> images, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        if (_sources[0].IsColor || _sources[0].IsVolume)
        {
            return [.. images.Select(image => new ChannelGroup(image.Name, [image.Path]))];
        }

        var found = new List<ChannelImage>();
        (string Name, string Path)[] all = [.. images];
        for (int i = 0; i < all.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (string name, string path) = all[i];
            ChannelImage[] own = Find(name, path);
            events?.Progress?.Invoke(new WorkProgress(i + 1, all.Length) { Stage = "Finding the channels of images" });
            found.AddRange(own);
            if (own.Length == 0)
            {
                _others.Add(path);
            }
        }

        return Array.Exists(_sources, source => source.IsAttribute || source.IsFolder) ? GroupByNameOrPlace(found, cancellationToken) : GroupByName(found);
    }

    /// <summary>Groups images whose channels are known.</summary>
    /// <param name="images">The names and absolute paths of the images of each channel.</param>
    /// <param name="cancellationToken">Stops the work: where names do not pair the channels, each file is read.</param>
    /// <returns>As <see cref="Group"/>.</returns>
    /// <exception cref="MedSegException"><c>ChannelAmbiguous</c>: two images are of the same channel at the same place.</exception>
    public IReadOnlyList<ChannelGroup> GroupChannels(IEnumerable<IEnumerable<(string Name, string Path)>> images, CancellationToken cancellationToken = default) =>
        GroupByNameOrPlace([.. images.SelectMany((own, i) => own.Select(image => new ChannelImage(i, image.Name, image.Path, Header: null)))], cancellationToken);

    /// <summary>Says of which channels an image is: of several only if its frames are.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The channels, in their order; none if it is of no channel.</returns>
    /// <exception cref="MedSegException"><c>ChannelAmbiguous</c>.</exception>
    public IReadOnlyList<ImageChannel> ChannelsOf(string path)
    {
        string name = path[..^(DataFiles.ImageExtensionOf(path)?.Length ?? 0)].Replace(Path.DirectorySeparatorChar, '/').TrimStart('/');
        return [.. Find(name, path).Select(image => _channels[image.Channel])];
    }

    /// <summary>Makes the error for a folder without an image of any channel.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <param name="channels">The channels.</param>
    public static MedSegException NoImage(string folder, IReadOnlyList<ImageChannel> channels) =>
        new(ErrorKind.InvalidData, ErrorIds.ChannelMissing, $"{folder}: No image is of any of the channels {List(channels)}.", folder) { Advice = Advice };

    /// <summary>Makes the error for an image of no channel.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="channels">The channels.</param>
    public static MedSegException NoChannel(string path, IReadOnlyList<ImageChannel> channels) =>
        new(ErrorKind.InvalidData, ErrorIds.ChannelMissing, $"{path}: The image is of none of the channels {List(channels)}.", path) { Advice = Advice };

    /// <summary>Makes sure that all channels are components of colours, or all are volumes of one file, if one is.</summary>
    /// <param name="sources">The sources of the channels.</param>
    /// <exception cref="MedSegException"><c>ChannelInvalid</c>.</exception>
    public static void RequireOneKind(IReadOnlyList<ChannelSource> sources)
    {
        RequireAllOrNone(sources, source => source.IsColor, "components of colours", "'red=Color=Red', 'green=Color=Green', 'blue=Color=Blue'");
        RequireAllOrNone(sources, source => source.IsVolume, "volumes of one file", "'T1=Volume=1', 'T2=Volume=2'");
    }

    private static void RequireAllOrNone(IReadOnlyList<ChannelSource> sources, Func<ChannelSource, bool> isPart, string what, string example)
    {
        if (sources.Any(isPart) && !sources.All(isPart))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelInvalid, $"Some channels are {what}, and others are images of their own.")
            {
                Advice = $"Use for example -Channel {example}, or save each channel to a file of its own.",
            };
        }
    }

    private static string List(IReadOnlyList<ImageChannel> channels) => string.Join(", ", channels.Select(channel => channel.Described));

    private ChannelImage[] Find(string name, string path)
    {
        (DicomFile File, ImageHeader Header)? read = Array.Exists(_sources, source => source.IsAttribute) ? ReadHeader(path) : null;
        if (read is { } known && FindFrames(name, path, known.File, known.Header) is { Length: > 0 } ofFrames)
        {
            return ofFrames;
        }

        var found = new List<(ChannelImage Image, int Length)>();
        for (int i = 0; i < _sources.Length; i++)
        {
            string? shared = !_sources[i].IsAttribute ? _sources[i].NameWithout(name) : read is { } file && _sources[i].Matches(file.File.Dataset) ? name : null;
            if (shared is not null)
            {
                found.Add((new ChannelImage(i, shared, path, read?.Header), name.Length - shared.Length));
            }
        }

        // The suffix _W2 is more specific than 2.
        int longest = found.Select(candidate => candidate.Length).DefaultIfEmpty(0).Max();
        ChannelImage[] best = [.. found.Where(candidate => candidate.Length == longest).Select(candidate => candidate.Image)];
        return best.Length <= 1 ? best : throw OfTwo(path, "The image", best[0].Channel, best[1].Channel);
    }

    // The frames of an enhanced DICOM file may be of several channels.
    private ChannelImage[] FindFrames(string name, string path, DicomFile file, ImageHeader header)
    {
        var found = new List<ChannelImage>();
        var owners = new Dictionary<int, int>();
        foreach ((int i, int[] frames) in ChannelFrames.Match(file, _sources).Select((frames, i) => (i, frames)))
        {
            foreach (int frame in frames)
            {
                if (!owners.TryAdd(frame, i))
                {
                    throw OfTwo(path, $"Frame {frame + 1}", owners[frame], i);
                }
            }

            if (frames.Length > 0)
            {
                found.Add(new ChannelImage(i, name, path, header.Only(frames)));
            }
        }

        return [.. found];
    }

    private MedSegException OfTwo(string path, string what, int first, int second) =>
        new(ErrorKind.InvalidData, ErrorIds.ChannelAmbiguous, $"{path}: {what} is of two channels, '{_channels[first].Name}' and '{_channels[second].Name}'.", path)
        {
            Advice = "Change -Channel so that each image is of one channel only.",
        };

    private static (DicomFile, ImageHeader)? ReadHeader(string path)
    {
        try
        {
            return DicomImageReader.IsDicom(path) && DicomImageReader.Parse(path) is { } file ? (file, ImageHeader.Of(file)) : null;
        }
        catch (MedSegException)
        {
            // A damaged file is of no channel, and is listed with those that are skipped.
            return null;
        }
    }

    private List<ChannelGroup> GroupByNameOrPlace(List<ChannelImage> images, CancellationToken cancellationToken) => HaveSameNames(images) ? GroupByName(images) : GroupByPlace(images, cancellationToken);

    private List<ChannelGroup> GroupByName(List<ChannelImage> images) => [.. images.GroupBy(image => image.Name, StringComparer.Ordinal).Select(group => ToGroup(group.Key, [.. group]))];

    private bool HaveSameNames(List<ChannelImage> images)
    {
        HashSet<string>[] names = [.. _channels.Select((_, i) => images.Where(image => image.Channel == i).Select(image => image.Name).ToHashSet(StringComparer.Ordinal))];
        return Array.TrueForAll(names, set => set.SetEquals(names[0]));
    }

    private ChannelGroup ToGroup(string name, ChannelImage[] images)
    {
        string?[] paths = new string?[_channels.Count];
        foreach (ChannelImage image in images)
        {
            paths[image.Channel] = paths[image.Channel] is { } first ? throw Twice(image, first) : image.Path;
        }

        return new ChannelGroup(name, paths);
    }

    private MedSegException Twice(ChannelImage image, string first) =>
        new(ErrorKind.InvalidData, ErrorIds.ChannelAmbiguous, $"{image.Path}: {first} is of the same channel, '{_channels[image.Channel].Name}', and at the same place.", image.Path)
        {
            Advice = "Change -Channel so that it finds only one of them, or move the other out of the folder.",
        };

    private List<ChannelGroup> GroupByPlace(List<ChannelImage> images, CancellationToken cancellationToken)
    {
        var groups = new List<(ImageHeader Header, List<ChannelImage> Images)>();
        var byFrame = new Dictionary<(string, string, string), List<(ImageHeader Header, List<ChannelImage> Images)>>();
        foreach (ChannelImage image in images.OrderBy(image => image.Channel).ThenBy(image => image.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageHeader header = image.Header ?? ImageHeader.Read(image.Path, new ImageReading()) ?? ImageHeader.Unknown;
            (string, string, string) frame = (header.Patient, header.Study, header.FrameOfReference);
            List<(ImageHeader Header, List<ChannelImage> Images)> near = byFrame.TryGetValue(frame, out var known) ? known : byFrame[frame] = [];
            int place = near.FindIndex(group => AreAtOnePlace(group.Header, header));
            if (place >= 0)
            {
                near[place].Images.Add(image);
                continue;
            }

            near.Add((header, [image]));
            groups.Add(near[^1]);
        }

        return [.. groups.Select(group => ToGroup(group.Images[0].Name, [.. group.Images]))];
    }

    private static bool AreAtOnePlace(ImageHeader header, ImageHeader other) =>
        header.SharesPlace(other) && header.Planes.Count == other.Planes.Count && AreInOnePlane(Lowest(header), Lowest(other));

    // Frames may be stored in any order.
    private static ImagePlane Lowest(ImageHeader header)
    {
        Vector3D normal = header.Planes[0].Plane.Normal;
        return header.Planes.MinBy(plane => plane.Plane.Origin.Dot(normal))!.Plane;
    }

    // Where they are within the plane is compared when they are read.
    private static bool AreInOnePlane(in ImagePlane plane, in ImagePlane other) => Math.Abs((other.Origin - plane.Origin).Dot(plane.Normal)) <= ChannelPlace.ToleranceOf(plane);

    private sealed record ChannelImage(int Channel, string Name, string Path, ImageHeader? Header);
}
