using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Data.Files;

/// <summary>Finds the files of pairs that are listed, for example in a table: those of each channel, and the slices in a folder.</summary>
/// <param name="options">The options of the import.</param>
/// <param name="cancellationToken">Stops the search.</param>
internal sealed class ListedPairs(DatasetOptions options, CancellationToken cancellationToken)
{
    private const string Advice = "Correct the path, or remove the pair.";

    private const string ChannelAdvice =
        "Within a DICOM file or a folder of them, channels are chosen by an attribute, such as -Channel 'b800=DiffusionBValue=800'; within NIfTI, NRRD and MetaImage by number, such as 'T1=Volume=1'. "
        + "If each channel has a column of its own, use the names of the columns, such as 'water=water_image'.";

    private readonly IReadOnlyList<ImageChannel> _channels = options.Channels;

    /// <summary>Finds the files of a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <returns>The files, or the problem that prevents reading them.</returns>
    /// <exception cref="MedSegException"><c>ChannelInvalid</c>: the source of a channel is invalid.</exception>
    public SamplePair Find(ImagePair pair)
    {
        var listed = new SamplePair(pair.Name, pair.ImagePath, pair.LabelPath) { Patient = pair.Patient, Group = pair.Group, Channels = pair.ChannelPaths };
        bool isFolder = Directory.Exists(pair.ImagePath);
        if (!isFolder && !File.Exists(pair.ImagePath))
        {
            return listed with { Problem = Problem(ErrorIds.ImageMissing, pair, $"The image {pair.ImagePath} does not exist.", Advice) };
        }

        if (ProblemOfChannels(pair, isFolder) is { } problem)
        {
            return listed with { Problem = problem };
        }

        if (!File.Exists(pair.LabelPath))
        {
            return listed with { Problem = Problem(ErrorIds.LabelMissing, pair, $"The mask {pair.LabelPath} does not exist.", Advice) };
        }

        try
        {
            return isFolder ? OfFolder(pair, listed) : SamplePair.WithSlices(AreWithin(pair) ? listed with { Channels = ChannelsWithin(pair) } : listed, options.Reading);
        }
        catch (MedSegException e)
        {
            return listed with { Problem = Problem(e.ErrorId, pair, e.Finding, e.ErrorId == ErrorIds.ChannelMissing ? ChannelAdvice : e.Advice) };
        }
    }

    // Colours and numbers of a voxel are chosen when the file is read.
    private bool AreWithin(ImagePair pair) => pair.ChannelPaths.Count == 0 && _channels.Count > 0 && _channels.All(channel => ChannelSource.Of(channel).IsAttribute);

    private LabelProblem? ProblemOfChannels(ImagePair pair, bool isFolder)
    {
        for (int i = 1; i < pair.ChannelPaths.Count; i++)
        {
            string path = pair.ChannelPaths[i];
            string image = $"The image {path} of the channel '{_channels[i].Name}'";
            if (!Path.Exists(path))
            {
                return Problem(ErrorIds.ImageMissing, pair, $"{image} does not exist.", Advice);
            }

            if (Directory.Exists(path) != isFolder)
            {
                (string kind, string first) = isFolder ? ("file", "folder") : ("folder", "file");
                return Problem(ErrorIds.ChannelPlaceDiffers, pair, $"{image} is a {kind}, but that of the channel '{_channels[0].Name}' is a {first}.", "Use folders with the slices of a series for all channels, or a file for each.");
            }
        }

        return null;
    }

    private IReadOnlyList<string?> ChannelsWithin(ImagePair pair) =>
        new ChannelGrouping(_channels).Group([(pair.Name, pair.ImagePath)], events: null, cancellationToken) is [{ } group] ? group.Paths : throw ChannelGrouping.NoChannel(pair.ImagePath, _channels);

    private SamplePair OfFolder(ImagePair pair, SamplePair listed)
    {
        bool isRoiSet = OutlineFile.MayHaveSlices(pair.LabelPath);
        if (!listed.IsVolume && !isRoiSet)
        {
            return listed with { Problem = Problem(ErrorIds.LabelVolume, pair, $"The image {pair.ImagePath} is a folder, but the mask {pair.LabelPath} is neither a label volume nor a set of ROIs.", Advice) };
        }

        DataFiles images = pair.ChannelPaths.Count > 1
            ? DataFiles.OfFolders(pair.ChannelPaths, _channels, cancellationToken)
            : DataFiles.FindImages(pair.ImagePath, recurse: true, new HashSet<string>(), channels: AreWithin(pair) ? _channels : null, cancellationToken: cancellationToken);
        IEnumerable<SeriesImage> slices = images.Paths.Select(image => new SeriesImage($"{pair.Name}/{image.Key}", image.Value, options.Reading) { Channels = images.ChannelsOf(image.Value) });
        listed = listed with { ImagePath = null, Channels = [], Slices = isRoiSet ? RoiStack.Number(slices) : [.. slices] };
        return isRoiSet && RoiStack.Problem(listed.Slices) is { } problem
            ? listed with { Problem = Problem(ErrorIds.LabelVolumeAmbiguous, pair, $"It is not clear which images the ROIs belong to: {problem}.", Advice) }
            : listed;
    }

    private static LabelProblem Problem(string id, ImagePair pair, string finding, string? advice) =>
        new(id, LabelSeverity.Error, pair.Origin is null ? finding : $"{pair.Origin}: {finding}", 0) { Advice = advice };
}
