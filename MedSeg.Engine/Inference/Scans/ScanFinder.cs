using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Finds images, groups them by series and sorts them by position. It keeps headers and no pixels.</summary>
internal sealed class ScanFinder
{
    private readonly bool _recurse;
    private readonly ImageReading _reading;
    private readonly EngineEvents? _events;
    private readonly CancellationToken _stop;

    // In their order: images that may be segmented, and errors of inputs.
    private readonly List<(Candidate? Image, MedSegException? Error)> _found = [];
    private readonly Dictionary<string, List<SourceSlice>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    private ScanFinder(bool recurse, ImageReading reading, EngineEvents? events, CancellationToken cancellationToken)
    {
        _reading = reading;
        _recurse = recurse;
        _events = events;
        _stop = cancellationToken;
    }

    /// <summary>Finds the series of files and folders.</summary>
    /// <param name="paths">Absolute paths of images, and of folders of them.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="events">Receives errors of files that cannot be used, and progress, from several threads; or null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The series, in the order of their first files.</returns>
    public static IReadOnlyList<ScanSeries> Find(IEnumerable<string> paths, bool recurse, ImageReading reading, EngineEvents? events, CancellationToken cancellationToken = default) =>
        Find(paths.Select(path => new ScanInput(path)), recurse, reading, events, cancellationToken);

    /// <summary>Finds the series of files, folders and series of an inventory.</summary>
    /// <param name="inputs">Images, and folders of them.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="events">Receives errors of files that cannot be used, and progress, from several threads; or null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The series, in the order of their first files.</returns>
    public static IReadOnlyList<ScanSeries> Find(IEnumerable<ScanInput> inputs, bool recurse, ImageReading reading, EngineEvents? events, CancellationToken cancellationToken = default)
    {
        var finder = new ScanFinder(recurse, reading, events, cancellationToken);
        ScanInput[] all = [.. inputs];
        if (reading.Channels.Count > 0)
        {
            // The channels of a scan are files of their own, so they are known together only.
            finder.KeepErrors(() => finder.FindGroups(DataFiles.OfFiles([.. all.Select(input => input.Path).Where(path => !Directory.Exists(path))], reading.Channels, events, cancellationToken), isNamed: true));
            all = [.. all.Where(input => Directory.Exists(input.Path))];
        }

        foreach (ScanInput input in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            finder.KeepErrors(() => finder.Find(input));
        }

        finder.ReadAll();
        return [.. StackedSeries.Join(finder._series.Values).Select(finder.Sort)];
    }

    private ScanSeries Sort(List<SourceSlice> slices)
    {
        _stop.ThrowIfCancellationRequested();

        // If one slice has no position, all are sorted by name.
        SourceSlice[] sorted = slices.TrueForAll(s => s.Location is not null)
            ? [.. slices.OrderBy(s => s.Location).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : [.. slices.OrderBy(s => s.Name, StringComparer.Ordinal)];
        string first = sorted.Select(s => s.Name).Min(StringComparer.Ordinal)!;
        return new ScanSeries(sorted[0].Frames > 1 ? FrameName.ImageOf(first) : first, sorted);
    }

    private void KeepErrors(Action work)
    {
        try
        {
            work();
        }
        catch (MedSegException e)
        {
            _found.Add((null, e));
        }
    }

    private void Find(ScanInput input)
    {
        if (Directory.Exists(input.Path))
        {
            FindGroups(DataFiles.FindImages(input.Path, _recurse, new HashSet<string>(), channels: _reading.Channels, events: _events, cancellationToken: _stop), isNamed: false);
            return;
        }

        _found.Add((new Candidate(input.Name ?? DataFiles.NameOfImage(input.Path), input.Path, [], IsNamed: true, input.Series), null));
    }

    private void FindGroups(DataFiles files, bool isNamed) =>
        _found.AddRange(files.Paths.Select(image => ((Candidate?)new Candidate(image.Key, image.Value, files.ChannelsOf(image.Value), isNamed, Series: null), (MedSegException?)null)));

    // Headers are read several at once; what they say is used in order.
    private void ReadAll()
    {
        var read = new ScannedImage?[_found.Count];
        var errors = new MedSegException?[_found.Count];
        ParallelLoop.For(read.Length, i => (read[i], errors[i]) = TryRead(i), "Reading the headers of images", _events, _stop);
        for (int i = 0; i < read.Length; i++)
        {
            _stop.ThrowIfCancellationRequested();
            if ((errors[i] ?? (read[i] is { } image ? Add(_found[i].Image!, image) : null)) is { } error)
            {
                _events?.Error?.Invoke(error);
            }
        }
    }

    private (ScannedImage? Image, MedSegException? Error) TryRead(int index)
    {
        (Candidate? image, MedSegException? error) = _found[index];
        try
        {
            return image is null ? (null, error) : (Read(image), null);
        }
        catch (MedSegException e)
        {
            return (null, e);
        }
    }

    private MedSegException? Add(Candidate candidate, ScannedImage image)
    {
        if (FindNameError(candidate.Name, candidate.Path) is { } error)
        {
            return error;
        }

        if (!_series.TryGetValue(image.Series, out List<SourceSlice>? slices))
        {
            _series.Add(image.Series, slices = []);
        }

        slices.AddRange(image.Slices);
        return null;
    }

    // Null for a DICOM file without pixels, which is skipped unless it was named.
    private ScannedImage? Read(Candidate image) =>
        ImageSource.IsVolume(image.Path) ? ReadVolume(image, VolumeFile.ReadHeader(image.Path))
        : PictureFile.Is(image.Path) ? ReadPicture(image)
        : ReadDicom(image);

    private ScannedImage? ReadDicom(Candidate image)
    {
        DicomFile file = DicomImageReader.Parse(image.Path);
        DicomPixels pixels;
        try
        {
            pixels = DicomPixels.Open(file);
        }
        catch (MedSegException e) when (e.ErrorId == ErrorIds.DicomNotAnImage && !image.IsNamed)
        {
            return null;
        }

        var attributes = new FrameAttributes(file.Dataset, pixels.Description);
        int frames = pixels.Description.Frames;
        string? instance = file.Dataset.FindText(DicomTag.SopInstanceUid);
        string? seriesUid = file.Dataset.FindText(DicomTag.SeriesInstanceUid);
        string stack = StackedSeries.KeyOf(file.Dataset);
        int[]? chosen = ChannelFrames.Choose(file, _reading.Channels, 0);
        return new ScannedImage(
            (frames == 1 ? image.Series ?? seriesUid : null) ?? "file " + image.Path,
            [
                .. (chosen ?? Enumerable.Range(0, frames)).Select(frame => new SourceSlice(FrameName.Of(image.Name, frame + 1, frames), image.Path, frame, frames, PlaneOf(attributes, frame, pixels.Description))
                {
                    OfChannel = chosen is null ? null : Array.IndexOf(chosen, frame),
                    Rows = pixels.Description.Rows,
                    Columns = pixels.Description.Columns,
                    Spacing = attributes.Spacing(frame),
                    SpacingNote = attributes.SpacingNote(frame),
                    IsMosaic = attributes.IsMosaic,
                    Thickness = attributes.Thickness(frame),
                    SopInstanceUid = instance,
                    SeriesInstanceUid = seriesUid,
                    Stack = stack,
                    Channels = image.Channels,
                }),
            ]);
    }

    private MedSegException? FindNameError(string name, string path)
    {
        if (_names.TryAdd(name, path))
        {
            return null;
        }

        return _names[name] == path
            ? new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ImageTwice, $"{path}: The image was given twice and is segmented once.", path)
            : new MedSegException(ErrorKind.InvalidData, ErrorIds.NameTwice, $"{path}: {_names[name]} has the same name, so their masks would have the same name too.", path)
            {
                Advice = "Segment them into different output folders, or segment their common parent folder with -Recurse.",
            };
    }

    private ScannedImage ReadPicture(Candidate image)
    {
        IReadOnlyList<ImageSlice> frames = [.. _reading.TakesFirst ? ImageSource.ReadFirst(image.Path) : ImageSource.Read(image.Path, _reading)];
        return new ScannedImage("file " + image.Path, [.. frames.Select((frame, i) => new SourceSlice(FrameName.Of(image.Name, i + 1, frames.Count), image.Path, i, frames.Count, Plane: null)
        {
            Rows = frame.Rows,
            Columns = frame.Columns,
            Spacing = frame.Spacing,
            IsPicture = true,
            Channels = image.Channels,
        })]);
    }

    private ScannedImage ReadVolume(Candidate image, VolumeHeader header)
    {
        ImageVolume.Require(header, _reading.Axis, _reading.TakesFirst ? [0] : ChannelSource.VolumesIn(header, _reading.Channels));
        var volume = new ScanVolume(header, new VolumeSlices(header.Geometry, _reading.Axis));
        VolumeSlices cut = volume.Slices;
        return new ScannedImage("file " + header.Path, [.. Enumerable.Range(0, cut.Count).Select(slice =>
            new SourceSlice(FrameName.Of(image.Name, slice + 1, cut.Count), header.Path, slice, cut.Count, cut.Spacing is null ? null : cut.PlaneOf(slice))
            {
                Rows = cut.Rows,
                Columns = cut.Columns,
                Spacing = cut.Spacing,
                Thickness = cut.Distance,
                Volume = volume,
                Channels = image.Channels,
            })]);
    }

    private static ImagePlane? PlaneOf(FrameAttributes attributes, int frame, PixelDescription pixels) =>
        attributes.Position(frame) is { } position && attributes.Orientation(frame) is { } cosines
            ? ImagePlane.Of(position, cosines, attributes.Spacing(frame) ?? new PixelSpacing(1, 1), pixels.Rows, pixels.Columns)
            : null;

    private sealed record Candidate(string Name, string Path, IReadOnlyList<string?> Channels, bool IsNamed, string? Series);

    private sealed record ScannedImage(string Series, SourceSlice[] Slices);
}
