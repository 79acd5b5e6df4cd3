using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Finds images, groups them by series and sorts them by position. It keeps headers and no pixels.</summary>
internal sealed class ScanFinder
{
    private readonly bool _recurse;
    private readonly ImageReading _reading;
    private readonly Action<MedSegException>? _error;
    private readonly Dictionary<string, List<SourceSlice>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    private ScanFinder(bool recurse, ImageReading reading, Action<MedSegException>? error)
    {
        _reading = reading;
        _recurse = recurse;
        _error = error;
    }

    /// <summary>Finds the series of files and folders.</summary>
    /// <param name="paths">Absolute paths of images, and of folders of them.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="error">Receives errors of files that cannot be used, or null.</param>
    /// <returns>The series, in the order of their first files.</returns>
    public static IReadOnlyList<ScanSeries> Find(IEnumerable<string> paths, bool recurse, ImageReading reading, Action<MedSegException>? error) =>
        Find(paths.Select(path => new ScanInput(path)), recurse, reading, error);

    /// <summary>Finds the series of files, folders and series of an inventory.</summary>
    /// <param name="inputs">Images, and folders of them.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <param name="error">Receives errors of files that cannot be used, or null.</param>
    /// <returns>The series, in the order of their first files.</returns>
    public static IReadOnlyList<ScanSeries> Find(IEnumerable<ScanInput> inputs, bool recurse, ImageReading reading, Action<MedSegException>? error)
    {
        var finder = new ScanFinder(recurse, reading, error);
        ScanInput[] all = [.. inputs];
        if (reading.Channels.Count > 0)
        {
            // The channels of a scan are files of their own, so they are known together only.
            finder.ReportErrors(() => finder.AddGroups(DataFiles.OfFiles([.. all.Select(input => input.Path).Where(path => !Directory.Exists(path))], reading.Channels), isNamed: true));
            all = [.. all.Where(input => Directory.Exists(input.Path))];
        }

        foreach (ScanInput input in all)
        {
            finder.ReportErrors(() => finder.Add(input));
        }

        return [.. StackedSeries.Join(finder._series.Values).Select(Sort)];
    }

    private static ScanSeries Sort(List<SourceSlice> slices)
    {
        // If one slice has no position, all are sorted by name.
        SourceSlice[] sorted = slices.TrueForAll(s => s.Location is not null)
            ? [.. slices.OrderBy(s => s.Location).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : [.. slices.OrderBy(s => s.Name, StringComparer.Ordinal)];
        string first = sorted.Select(s => s.Name).Min(StringComparer.Ordinal)!;
        return new ScanSeries(sorted[0].Frames > 1 ? FrameName.ImageOf(first) : first, sorted);
    }

    private void ReportErrors(Action work)
    {
        try
        {
            work();
        }
        catch (MedSegException e)
        {
            _error?.Invoke(e);
        }
    }

    private void Add(ScanInput input)
    {
        if (Directory.Exists(input.Path))
        {
            AddGroups(DataFiles.FindImages(input.Path, _recurse, new HashSet<string>(), channels: _reading.Channels), isNamed: false);
            return;
        }

        AddFile(input.Name ?? DataFiles.NameOfImage(input.Path), input.Path, [], isNamed: true, input.Series);
    }

    private void AddGroups(DataFiles files, bool isNamed)
    {
        foreach ((string name, string file) in files.Paths)
        {
            ReportErrors(() => AddFile(name, file, files.ChannelsOf(file), isNamed));
        }
    }

    private void AddFile(string name, string path, IReadOnlyList<string?> channels, bool isNamed, string? knownSeries = null)
    {
        if (ImageSource.IsVolume(path))
        {
            AddVolume(name, VolumeFile.ReadHeader(path), channels);
            return;
        }

        if (PictureFile.Is(path))
        {
            AddPicture(name, path, channels);
            return;
        }

        DicomFile file = DicomImageReader.Parse(path);
        DicomPixels pixels;
        try
        {
            pixels = DicomPixels.Open(file);
        }
        catch (MedSegException e) when (e.ErrorId == ErrorIds.DicomNotAnImage && !isNamed)
        {
            return;
        }

        AddName(name, path);
        var attributes = new FrameAttributes(file.Dataset, pixels.Description);
        int frames = pixels.Description.Frames;
        string? instance = file.Dataset.FindText(DicomTag.SopInstanceUid);
        string? seriesUid = file.Dataset.FindText(DicomTag.SeriesInstanceUid);
        string stack = StackedSeries.KeyOf(file.Dataset);
        string series = (frames == 1 ? knownSeries ?? seriesUid : null) ?? "file " + path;
        if (!_series.TryGetValue(series, out List<SourceSlice>? slices))
        {
            _series.Add(series, slices = []);
        }

        int[]? chosen = ChannelFrames.Choose(file, _reading.Channels, 0);
        foreach (int frame in chosen ?? Enumerable.Range(0, frames))
        {
            slices.Add(new SourceSlice(FrameName.Of(name, frame + 1, frames), path, frame, frames, PlaneOf(attributes, frame, pixels.Description))
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
                Channels = channels,
            });
        }
    }

    private void AddName(string name, string path)
    {
        if (!_names.TryAdd(name, path))
        {
            throw _names[name] == path
                ? new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ImageTwice, $"{path}: The image was given twice and is segmented once.", path)
                : new MedSegException(ErrorKind.InvalidData, ErrorIds.NameTwice, $"{path}: {_names[name]} has the same name, so their masks would have the same name too.", path)
                {
                    Advice = "Segment them into different output folders, or segment their common parent folder with -Recurse.",
                };
        }
    }

    private void AddPicture(string name, string path, IReadOnlyList<string?> channels)
    {
        IReadOnlyList<ImageSlice> frames = [.. _reading.TakesFirst ? ImageSource.ReadFirst(path) : ImageSource.Read(path, _reading)];
        AddName(name, path);
        _series.Add("file " + path, [.. frames.Select((frame, i) => new SourceSlice(FrameName.Of(name, i + 1, frames.Count), path, i, frames.Count, Plane: null)
        {
            Rows = frame.Rows,
            Columns = frame.Columns,
            Spacing = frame.Spacing,
            IsPicture = true,
            Channels = channels,
        })]);
    }

    private void AddVolume(string name, VolumeHeader header, IReadOnlyList<string?> channels)
    {
        ImageVolume.Require(header, _reading.Axis, _reading.TakesFirst ? [0] : ChannelSource.VolumesIn(header, _reading.Channels));
        AddName(name, header.Path);
        var volume = new ScanVolume(header, new VolumeSlices(header.Geometry, _reading.Axis));
        VolumeSlices cut = volume.Slices;
        _series.Add("file " + header.Path, [.. Enumerable.Range(0, cut.Count).Select(slice =>
            new SourceSlice(FrameName.Of(name, slice + 1, cut.Count), header.Path, slice, cut.Count, cut.Spacing is null ? null : cut.PlaneOf(slice))
            {
                Rows = cut.Rows,
                Columns = cut.Columns,
                Spacing = cut.Spacing,
                Thickness = cut.Distance,
                Volume = volume,
                Channels = channels,
            })]);
    }

    private static ImagePlane? PlaneOf(FrameAttributes attributes, int frame, PixelDescription pixels) =>
        attributes.Position(frame) is { } position && attributes.Orientation(frame) is { } cosines
            ? ImagePlane.Of(position, cosines, attributes.Spacing(frame) ?? new PixelSpacing(1, 1), pixels.Rows, pixels.Columns)
            : null;
}
