using System.Globalization;
using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>Finds images, tells which belong to one series and sorts them by position. Only what was found is kept, no pixels.</summary>
internal sealed class ScanFinder
{
    private readonly bool _recurse;
    private readonly Action<MedSegException>? _error;
    private readonly Dictionary<string, List<SourceSlice>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    private ScanFinder(bool recurse, Action<MedSegException>? error)
    {
        _recurse = recurse;
        _error = error;
    }

    /// <summary>Finds the series of files and folders.</summary>
    /// <param name="paths">Absolute paths of DICOM files, and of folders of them.</param>
    /// <param name="recurse">Whether to look into the folders within folders.</param>
    /// <param name="error">Is told of files that cannot be used.</param>
    /// <returns>The series, in the order in which their first files came.</returns>
    public static IReadOnlyList<ScanSeries> Find(IEnumerable<string> paths, bool recurse, Action<MedSegException>? error)
    {
        var finder = new ScanFinder(recurse, error);
        foreach (string path in paths)
        {
            finder.Tell(() => finder.AddPath(path));
        }

        return [.. finder._series.Values.Select(Sort)];
    }

    private static ScanSeries Sort(List<SourceSlice> slices)
    {
        // Where one does not say where it lies, the names decide for all.
        SourceSlice[] sorted = slices.TrueForAll(s => s.Location is not null)
            ? [.. slices.OrderBy(s => s.Location).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : [.. slices.OrderBy(s => s.Name, StringComparer.Ordinal)];
        string first = sorted.Select(s => s.Name).Min(StringComparer.Ordinal)!;
        return new ScanSeries(sorted[0].Frames > 1 ? first[..first.LastIndexOf("_f", StringComparison.Ordinal)] : first, sorted);
    }

    private void Tell(Action work)
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

    private void AddPath(string path)
    {
        if (Directory.Exists(path))
        {
            foreach ((string name, string file) in DataFiles.FindImages(path, _recurse, new HashSet<string>()).Paths)
            {
                Tell(() => AddFile(name, file, isNamed: false));
            }

            return;
        }

        AddFile(DataFiles.NameOfImage(path), path, isNamed: true);
    }

    private void AddFile(string name, string path, bool isNamed)
    {
        DicomFile file = DicomImageReader.Parse(path);
        DicomPixels pixels;
        try
        {
            pixels = DicomPixels.Open(file);
        }
        catch (MedSegException e) when (e.ErrorId == DicomErrorId.NotAnImage && !isNamed)
        {
            return;
        }

        if (!_names.TryAdd(name, path))
        {
            throw _names[name] == path
                ? new MedSegException(ErrorKind.InvalidArgument, "ImageTwice", $"{path}: the image was given twice. It is segmented once.", path)
                : new MedSegException(ErrorKind.InvalidData, "NameTwice", $"{path}: {_names[name]} has the same name, so their masks would have, too. Segment them into different folders, or give the folder above with -Recurse.", path);
        }

        var attributes = new FrameAttributes(file.Dataset, pixels.Description);
        int frames = pixels.Description.Frames;
        string? uid = frames == 1 ? file.Dataset.FindText(DicomTag.SeriesInstanceUid) : null;
        string series = uid ?? "file " + path;
        if (!_series.TryGetValue(series, out List<SourceSlice>? slices))
        {
            _series.Add(series, slices = []);
        }

        for (int frame = 0; frame < frames; frame++)
        {
            slices.Add(new SourceSlice(NameOf(name, frame, frames), path, frame, frames, PlaneOf(attributes, frame, pixels.Description))
            {
                Rows = pixels.Description.Rows,
                Columns = pixels.Description.Columns,
                Spacing = attributes.Spacing(frame),
                Thickness = attributes.Thickness(frame),
            });
        }
    }

    private static string NameOf(string name, int frame, int frames) => frames == 1
        ? name
        : $"{name}_f{(frame + 1).ToString(CultureInfo.InvariantCulture).PadLeft(frames.ToString(CultureInfo.InvariantCulture).Length, '0')}";

    private static ImagePlane? PlaneOf(FrameAttributes attributes, int frame, PixelDescription pixels) =>
        attributes.Position(frame) is { } position && attributes.Orientation(frame) is { } cosines
            ? ImagePlane.Of(position, cosines, attributes.Spacing(frame) ?? new PixelSpacing(1, 1), pixels.Rows, pixels.Columns)
            : null;
}
