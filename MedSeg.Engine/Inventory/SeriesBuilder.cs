using MedSeg.Data.Samples;
using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>Makes series of files whose headers were read.</summary>
/// <param name="root">The absolute path of the folder that was searched.</param>
/// <param name="hashPatient">Whether patients are hashed.</param>
internal sealed class SeriesBuilder(string root, bool hashPatient)
{
    // Two slices may as well be two images that have nothing to do with each other.
    private const int LeastSlicesOfStack = 3;
    private const int CosineDigits = 2;

    /// <summary>Groups files into series.</summary>
    /// <param name="files">The files.</param>
    /// <returns>The series, in the order of their first files.</returns>
    public IEnumerable<SeriesInfo> Build(IEnumerable<ScannedFile> files)
    {
        List<ScannedFile>[] series = [.. files.GroupBy(KeyOf).Select(group => group.ToList())];
        return Join(series).Select(Describe);
    }

    // A damaged or multi-frame file is a series of its own, and so are the water and fat images that some scanners put into one series.
    private static (string?, string, ChannelKind, bool) KeyOf(ScannedFile file) =>
        (file.Header.StudyUid, file.Frames == 1 && file.Header.SeriesUid is { } uid ? uid : file.Path, file.Header.Kind, file.Frames == 1);

    // Some scanners give each slice a series of its own.
    private static IEnumerable<List<ScannedFile>> Join(List<ScannedFile>[] series)
    {
        ILookup<object, List<ScannedFile>> stacks = series.Where(IsLoneSlice).ToLookup(lone => StackOf(lone[0]));
        var joined = new HashSet<List<ScannedFile>>(ReferenceEqualityComparer.Instance);
        foreach (List<ScannedFile> files in series)
        {
            if (joined.Contains(files))
            {
                continue;
            }

            List<ScannedFile>[] stack = IsLoneSlice(files) ? [.. stacks[StackOf(files[0])]] : [];
            if (stack.Length >= LeastSlicesOfStack && SlicePlaces.Of([.. stack.SelectMany(lone => lone)]).Repeated == 0)
            {
                joined.UnionWith(stack);
                yield return [.. stack.SelectMany(lone => lone)];
            }
            else
            {
                yield return files;
            }
        }
    }

    private static bool IsLoneSlice(List<ScannedFile> files) =>
        files is [{ Frames: 1, Normal: not null, Header: { StudyUid: not null, FrameOfReference: not null, IsMosaic: false } }];

    private static object StackOf(ScannedFile file)
    {
        Vector3D normal = file.Normal!.Value;
        return (
            file.Header with { SeriesUid = null, Number = null },
            Math.Round(normal.X, CosineDigits),
            Math.Round(normal.Y, CosineDigits),
            Math.Round(normal.Z, CosineDigits));
    }

    private SeriesInfo Describe(List<ScannedFile> files)
    {
        var places = SlicePlaces.Of(files);
        ScannedFile[] sorted = [.. places.Sort(files)];
        SeriesHeader header = sorted[0].Header;
        return new SeriesInfo
        {
            Patient = PatientOf(header),
            Study = header.Study,
            Date = header.Date,
            Number = header.Number,
            Description = header.Description,
            Modality = header.Modality,
            Sequence = header.Sequence,
            Kind = header.Kind,
            Orientation = places.Orientation,
            Slices = sorted.Sum(file => file.Frames),
            Gaps = places.Missing,
            Rows = header.Rows,
            Columns = header.Columns,
            PixelSpacing = header.PixelSpacing,
            SliceDistance = places.Distance,
            Thickness = header.Thickness,
            Format = header.Format,
            TransferSyntax = header.TransferSyntax,
            StudyUid = header.StudyUid,
            SeriesUid = Array.TrueForAll(sorted, file => file.Header.SeriesUid == header.SeriesUid) ? header.SeriesUid : null,
            Problems = SeriesProblems.Find(sorted, places),
            Root = root,
            Files = Array.ConvertAll(sorted, file => file.Path),
        };
    }

    private string PatientOf(SeriesHeader header) =>
        hashPatient ? PatientSalt.Session.ForSession(PatientSalt.Session.Hide(header.Patient)) : header.Patient ?? "";
}
