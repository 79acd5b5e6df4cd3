using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>An image and the mask of the same name, before they are read.</summary>
/// <param name="Name">The relative path, without extension.</param>
/// <param name="ImagePath">The absolute path of the image; null if the mask has none.</param>
/// <param name="LabelPath">The absolute path of the mask; null if the image has none.</param>
internal sealed record SamplePair(string Name, string? ImagePath, string? LabelPath)
{
    /// <summary>Gets the images that find their labels by position, or by their number in a stack; empty if the mask is of one image.</summary>
    public IReadOnlyList<SeriesImage> Slices { get; init; } = [];

    /// <summary>Gets the file of each channel of the image, or null where there is none; empty if images have one channel.</summary>
    public IReadOnlyList<string?> Channels { get; init; } = [];

    /// <summary>Gets the frames of the image that are used; <see langword="null"/> for all.</summary>
    public UsedFrames? Frames { get; init; }

    /// <summary>Gets advice that names a file of a similar name, for a file without a partner; null if there is none.</summary>
    public string? Hint { get; init; }

    /// <summary>Gets the problem that prevents reading the pair; null if there is none.</summary>
    public LabelProblem? Problem { get; init; }

    /// <summary>Gets the patient, if it is known from elsewhere than the image; <see langword="null"/> otherwise.</summary>
    public string? Patient { get; init; }

    /// <summary>Gets what the samples belong to, such as a hospital; <see langword="null"/> for nothing.</summary>
    public string? Group { get; init; }

    /// <summary>Gets a value indicating whether the mask is a label volume.</summary>
    public bool IsVolume => LabelPath is not null && LabelVolume.IsVolume(LabelPath);

    /// <summary>Gets the files of the samples, images first; empty if they are not a complete pair.</summary>
    public IReadOnlyList<(string Path, bool IsImage)> Files => (Problem, Slices.Count, ImagePath, LabelPath) switch
    {
        (null, > 0, _, not null) => [.. Slices.SelectMany(slice => FilesOf(slice.Path, slice.Channels)), .. FrameTables, .. LabelFiles],
        (null, 0, not null, not null) => [.. FilesOf(ImagePath, Channels), .. FrameTables, .. LabelFiles],
        _ => [],
    };

    // A cached pair is decoded again when other frames of it are used.
    private IEnumerable<(string Path, bool IsImage)> FrameTables =>
        Slices.Select(slice => slice.Frames).Append(Frames).OfType<UsedFrames>().Select(frames => frames.TablePath).Distinct().Select(path => (path, true));

    private IEnumerable<(string Path, bool IsImage)> LabelFiles => ImageSource.FilesOf(LabelPath!).Select(path => (path, false));

    /// <summary>Pairs the files of two folders by name, never by order; see <see cref="NamePairing"/>. Volumes without an image of the same name are paired by <see cref="VolumePairing"/>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="masks">The masks.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The pairs, including files without a partner, in ordinal order of their names.</returns>
    public static IReadOnlyList<SamplePair> Match(DataFiles images, DataFiles masks, ImageReading reading, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        var pairing = new NamePairing(images.Paths, masks.Paths, cancellationToken);
        IReadOnlyDictionary<string, string> maskPaths = pairing.Masks;
        HashSet<string> isVolume = VolumesAmong([.. maskPaths.Values.Distinct(StringComparer.Ordinal)], events, cancellationToken);
        KeyValuePair<string, string>[] volumes = [.. maskPaths.Where(mask => !images.Paths.ContainsKey(mask.Key) && (isVolume.Contains(mask.Value) || OutlineFile.MayHaveSlices(mask.Value)))];
        var single = new SortedDictionary<string, string>(images.Paths.Where(image => !maskPaths.ContainsKey(image.Key)).ToDictionary(), StringComparer.Ordinal);
        IReadOnlyDictionary<string, SamplePair> named = new NamedVolumes(reading).Match(images.Paths, maskPaths, single, isVolume, cancellationToken);
        IReadOnlyList<SamplePair> series = volumes.Length > 0 ? VolumePairing.Match(single, volumes, maskPaths.Keys, reading, cancellationToken) : [];
        IEnumerable<string> names = images.Paths.Keys.Where(name => maskPaths.ContainsKey(name) || single.ContainsKey(name)).Union(maskPaths.Keys).Except(volumes.Select(v => v.Key));
        return
        [
            .. names.Select(name => named.GetValueOrDefault(name) ?? PairOf(name)).Concat(series)
                .Select(pair => pair with
                {
                    Channels = images.ChannelsOf(pair.ImagePath),
                    Slices = [.. pair.Slices.Select(slice => slice with { Channels = images.ChannelsOf(slice.Path) })],
                    Hint = pairing.HintFor(pair.ImagePath ?? pair.LabelPath),
                    Problem = pair.Problem is { } problem && pairing.SuffixHintFor(pair.LabelPath) is { } suffix ? problem with { Advice = suffix } : pair.Problem,
                })
                .OrderBy(pair => PairName.Compose(pair.Name), StringComparer.Ordinal),
        ];

        SamplePair PairOf(string name)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pair = new SamplePair(name, images.Paths.GetValueOrDefault(name), maskPaths.GetValueOrDefault(name));
            return pair.LabelPath is { } label && isVolume.Contains(label) ? WithSlices(pair, reading) : pair;
        }
    }

    /// <summary>Says which frames of the images are used.</summary>
    /// <param name="frames">The frames by the path of the image; images that are not listed are used with all their frames.</param>
    public SamplePair Using(IReadOnlyDictionary<string, UsedFrames> frames) => frames.Count == 0 ? this : this with
    {
        Frames = ImagePath is null ? null : frames.GetValueOrDefault(ImagePath),
        Slices = [.. Slices.Select(slice => frames.TryGetValue(slice.Path, out UsedFrames? used) ? slice with { Frames = used, Reading = used.Of(slice.Reading), Header = null } : slice)],
    };

    /// <summary>Describes which partner is missing.</summary>
    /// <param name="options">The folders.</param>
    /// <returns>The problem; null if both are there.</returns>
    public LabelProblem? MissingPartner(DatasetOptions options)
    {
        if (Problem is not null || Slices.Count > 0)
        {
            return Problem;
        }

        if (ImagePath is null && IsVolume)
        {
            string finding = $"{LabelPath}: The volume is skipped, because {options.DicomPath} has no image that it belongs to: none of the series that it refers to, "
                + $"none whose name starts with {Name}, and none without a mask in the same subfolder.";
            return new LabelProblem(ErrorIds.ImageMissing, LabelSeverity.Error, finding, 0) { Advice = Hint ?? "If the images are in subfolders, use -Recurse." };
        }

        if (LabelPath is null)
        {
            return new LabelProblem(ErrorIds.LabelMissing, LabelSeverity.Error, $"{ImagePath}: The image is skipped, because {options.LabelPath} has no mask named {Name} (.npy, .png, .tif, .jpg, .nii, .roi, .zip, .json or SEG).", 0)
            {
                Advice = Hint ?? "Add the mask, or move the image to another folder. If the masks have an addition to their names, such as _mask, use -MaskSuffix.",
            };
        }

        return ImagePath is null
            ? new LabelProblem(ErrorIds.ImageMissing, LabelSeverity.Error, $"{LabelPath}: The mask is skipped, because {options.DicomPath} has no image named {Name}.", 0) { Advice = Hint ?? "Add the image, or move the mask to another folder. If the images are in subfolders, use -Recurse." }
            : null;
    }

    /// <summary>Prepares a pair whose mask may be a volume: the image then finds its labels by position.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    public static SamplePair WithSlices(SamplePair pair, ImageReading reading) =>
        pair is { ImagePath: { } image, IsVolume: true } ? pair with { Slices = [new SeriesImage(pair.Name, image, reading) { Channels = pair.Channels }] } : pair;

    /// <summary>Adds to the samples of the pair what is known of them from elsewhere than their image.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="salt">Hides the patient.</param>
    public IEnumerable<Sample> Describe(IReadOnlyList<Sample> samples, PatientSalt salt)
    {
        if (Patient is null && Group is null && Channels.Count < 2 && Slices.All(slice => slice.Channels.Count < 2))
        {
            return samples;
        }

        var channels = Slices.DistinctBy(slice => slice.Path).ToDictionary(slice => slice.Path, slice => slice.Channels, StringComparer.Ordinal);
        return samples.Select(sample => sample with
        {
            Patient = Patient is null ? sample.Patient : salt.Hide(Patient),
            Group = Group,
            ChannelPaths = sample.ImagePath is { } path && channels.TryGetValue(path, out IReadOnlyList<string?>? own) ? own : Channels,
        });
    }

    // Files with the extension of a picture may be DICOM segmentations, so each is opened.
    private static HashSet<string> VolumesAmong(string[] masks, EngineEvents? events, CancellationToken cancellationToken)
    {
        bool[] areVolumes = new bool[masks.Length];
        ParallelLoop.For(masks.Length, i => areVolumes[i] = LabelVolume.IsVolume(masks[i]), "Pairing images and masks", events, cancellationToken);
        return [.. masks.Where((_, i) => areVolumes[i])];
    }

    private static IEnumerable<(string Path, bool IsImage)> FilesOf(string path, IReadOnlyList<string?> channels) =>
        (channels.Count > 0 ? channels.OfType<string>().Distinct() : [path]).SelectMany(ImageSource.FilesOf).Select(file => (file, true));
}
