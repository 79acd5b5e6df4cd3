using System.Globalization;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Labels.Polygons;

namespace MedSeg.Volumes;

/// <summary>
/// A DICOM RT Structure Set (PS3.3, A.19): closed contours in the planes of slices. A pixel belongs to an ROI if its centre is inside of the
/// ROI's contours on its slice by the even-odd rule, so inner contours and keyholes are holes.
/// </summary>
internal sealed class RtStructVolume : LabelVolume
{
    /// <summary>The SOP Class UID of structure sets.</summary>
    public const string StructureSetClass = "1.2.840.10008.5.1.4.1.1.481.3";

    private const string SaveAgain = "Export the structure set again.";

    // Planes of contours closer together than this many mm are one.
    private const double SamePlane = 0.01;

    private readonly SegmentRois _segments;
    private readonly IReadOnlyList<RtContour> _contours;
    private readonly RtContourMatcher _matcher;
    private readonly HashSet<RtContour> _seen = [];
    private Vector3D _normal;

    private RtStructVolume(string path, SegmentRois segments, IReadOnlyList<RtContour> contours, string? frameOfReference)
        : base(path)
    {
        _segments = segments;
        _contours = contours;
        _matcher = new RtContourMatcher(frameOfReference);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string> RoiNames => _segments.Names;

    /// <summary>Checks whether a data set is a structure set.</summary>
    /// <param name="dataset">The data set.</param>
    public static bool Is(DicomDataset dataset) => dataset.FindText(DicomTag.SopClassUid) == StructureSetClass;

    /// <summary>Reads a structure set.</summary>
    /// <param name="file">The file.</param>
    /// <param name="map">Maps ROI names to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if ROI numbers of the file determine them.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>, <c>LabelSegmentUnknown</c>, or as the DICOM reader.</exception>
    public static RtStructVolume Decode(DicomFile file, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        DicomDataset dataset = file.Dataset;
        Dictionary<int, string> names = ReadNames(dataset);
        List<RtContour> contours = ReadContours(dataset);
        var drawn = contours.Select(contour => contour.Roi).Distinct().Order().Select(roi => (roi, names.GetValueOrDefault(roi, $"ROI {roi}")));
        string? frameOfReference = dataset.Items(DicomTag.StructureSetRoiSequence).Select(roi => roi.FindText(DicomTag.ReferencedFrameOfReferenceUid)).FirstOrDefault();
        return contours.Count > 0
            ? new RtStructVolume(dataset.Source.Path, SegmentRois.Of(drawn, map, labelNames, (id, finding, advice) => dataset.Source.Error(id, finding, advice)), contours, frameOfReference)
            : throw dataset.Source.Error(ErrorIds.OutlineInvalid, "The structure set has no closed contours.", "Draw the ROIs, and export the structure set again.");
    }

    /// <summary>Reads the names of the ROIs that have closed contours.</summary>
    /// <param name="file">The file.</param>
    public static IReadOnlyList<string> NamesOf(DicomFile file)
    {
        Dictionary<int, string> names = ReadNames(file.Dataset);
        return [.. ReadContours(file.Dataset).Select(contour => contour.Roi).Distinct().Order().Select(roi => names.GetValueOrDefault(roi, $"ROI {roi}"))];
    }

    /// <inheritdoc/>
    public override void SetSlices(Func<IReadOnlyList<SlicePlane>> read) => _matcher.SetSlices(read());

    /// <inheritdoc/>
    public override SliceLabels Slice(ImageSlice image)
    {
        ImagePlane plane = PlaneOf(image);
        var labels = new SegLabels(_segments, image.Rows, image.Columns, whole: 1);
        SlicePlane slice = SlicePlane.Of(image)!;
        _normal = plane.Normal;
        RtContour[] own = [.. _contours.Where(contour => _matcher.Belongs(contour, slice))];
        _seen.UnionWith(own);
        foreach (IGrouping<int, RtContour> roi in own.GroupBy(contour => contour.Roi))
        {
            int[] pixels = new int[image.Rows * image.Columns];
            if (!PolygonRasterizer.TryFill([.. roi.Select(contour => ToPixels(contour, plane))], image.Rows, image.Columns, pixels))
            {
                throw Error(ErrorIds.OutlineInvalid, $"The contours of '{_segments.LabelOf(roi.Key)}' cross a slice far more often than it has pixels.", SaveAgain);
            }

            labels.Add(pixels, roi.Key, voxels: null);
        }

        return new SliceLabels(labels.ToImage(), own.Length > 0, labels.Problems(Path));
    }

    /// <inheritdoc/>
    public override int CountUnseen() => _seen.Count == 0 ? 0 : _contours
        .Where(contour => !_seen.Contains(contour) && _segments.RoiOf(contour.Roi) is not 0)
        .Select(contour => Math.Round(_normal.Dot(contour.Centre) / SamePlane)).Distinct().Count();

    private static PolygonPoint[] ToPixels(RtContour contour, ImagePlane plane)
    {
        (Vector3D x, Vector3D y) = (plane.ColumnStep, plane.RowStep);
        (double xx, double xy, double yy) = (x.Dot(x), x.Dot(y), y.Dot(y));
        double determinant = (xx * yy) - (xy * xy);
        return Array.ConvertAll(contour.Points, point =>
        {
            (double a, double b) = (x.Dot(point - plane.Origin), y.Dot(point - plane.Origin));
            return new PolygonPoint(((a * yy) - (b * xy)) / determinant, ((b * xx) - (a * xy)) / determinant);
        });
    }

    private static Dictionary<int, string> ReadNames(DicomDataset dataset)
    {
        var names = new Dictionary<int, string>();
        string? characterSet = dataset.FindText(DicomTag.SpecificCharacterSet);
        foreach (DicomDataset item in dataset.Items(DicomTag.StructureSetRoiSequence))
        {
            int number = NumberOf(item, DicomTag.RoiNumber);
            names.TryAdd(number, LabelText.Clean(item.FindText(DicomTag.RoiName, DicomVr.LO, characterSet)) ?? string.Create(CultureInfo.InvariantCulture, $"ROI {number}"));
        }

        return names;
    }

    private static List<RtContour> ReadContours(DicomDataset dataset)
    {
        var contours = new List<RtContour>();
        var known = new HashSet<(int Roi, string Data)>();
        foreach (DicomDataset roi in dataset.Items(DicomTag.RoiContourSequence))
        {
            int number = NumberOf(roi, DicomTag.ReferencedRoiNumber);
            foreach (DicomDataset item in roi.Items(DicomTag.ContourSequence))
            {
                // The same contour twice would cancel itself.
                bool isClosed = item.FindText(DicomTag.ContourGeometricType) is "CLOSED_PLANAR" or "CLOSED_PLANAR_XOR";
                if (isClosed && item.FindText(DicomTag.ContourData) is { } data && known.Add((number, data)) && ReadContour(item, number) is { } contour)
                {
                    contours.Add(contour);
                }
            }
        }

        return contours;
    }

    // Null for a contour that encloses nothing.
    private static RtContour? ReadContour(DicomDataset item, int roi)
    {
        double[] values = item.FindDecimals(DicomTag.ContourData) ?? [];
        if (values.Length % 3 != 0 || !Array.TrueForAll(values, value => Math.Abs(value) < 1e7))
        {
            throw item.Source.Error(ErrorIds.OutlineInvalid, $"A contour of ROI {roi} has {values.Length} coordinates, of which not all are numbers, or not three for each point.", SaveAgain);
        }

        Vector3D[] points = [.. Enumerable.Range(0, values.Length / 3).Select(i => new Vector3D(values[3 * i], values[(3 * i) + 1], values[(3 * i) + 2]))];
        return points.Length < 3 ? null : new RtContour(roi, points, [.. item.Items(DicomTag.ContourImageSequence)
            .Where(source => source.FindText(DicomTag.ReferencedSopInstanceUid) is not null)
            .Select(source => new SegFrameSource(source.FindText(DicomTag.ReferencedSopInstanceUid)!, source.FindDecimals(DicomTag.ReferencedFrameNumber) ?? []))]);
    }

    private static int NumberOf(DicomDataset item, DicomTag tag) => item.FindDecimals(tag) is [double number] && number == Math.Floor(number) && Math.Abs(number) < 1 << 24
        ? (int)number
        : throw item.Source.Error(ErrorIds.OutlineInvalid, $"An ROI of the structure set has no number {tag}.", SaveAgain);
}
