using MedSeg.Dicom.Parsing;

namespace MedSeg.Inference.Scans;

/// <summary>
/// Joins series of one slice each that form a stack: some scanners give each slice a series of its own. The slices are of the same patient,
/// study, frame of reference and description, parallel, of the same size and spacing, and each is at another place.
/// </summary>
internal static class StackedSeries
{
    // Two slices may as well be two images that have nothing to do with each other.
    private const int LeastSlices = 3;
    private const double Tolerance = 1e-3;

    private static readonly DicomTag[] s_common =
    [
        DicomTag.StudyInstanceUid, DicomTag.FrameOfReferenceUid, DicomTag.PatientId, DicomTag.Modality, new(0x0008, 0x103E),
    ];

    /// <summary>Joins series.</summary>
    /// <param name="series">The slices of each series.</param>
    /// <returns>The series, and in place of the first of each stack the stack.</returns>
    public static IEnumerable<List<SourceSlice>> Join(IEnumerable<List<SourceSlice>> series)
    {
        List<SourceSlice>[] all = [.. series];
        var joined = new HashSet<SourceSlice>();
        ILookup<string, SourceSlice> stacks = all.Where(slices => slices is [{ Stack.Length: > 0, Plane: not null, Spacing: not null, Frames: 1 }])
            .ToLookup(slices => slices[0].Stack, slices => slices[0]);
        foreach (List<SourceSlice> slices in all)
        {
            if (slices is not [SourceSlice first] || joined.Contains(first))
            {
                if (slices.Count != 1)
                {
                    yield return slices;
                }

                continue;
            }

            List<SourceSlice> stack = [.. stacks[first.Stack].Where(slice => !joined.Contains(slice) && IsParallel(first, slice))];
            if (stack.Count >= LeastSlices && stack.Contains(first) && AreApart(stack))
            {
                joined.UnionWith(stack);
                yield return stack;
            }
            else
            {
                yield return slices;
            }
        }
    }

    /// <summary>Returns what the slices of a stack have in common.</summary>
    /// <param name="dataset">The data set of a slice.</param>
    /// <returns>The texts; empty if the study or the frame of reference is not stated, so that positions cannot be compared.</returns>
    public static string KeyOf(DicomDataset dataset) =>
        dataset.FindText(DicomTag.StudyInstanceUid) is null || dataset.FindText(DicomTag.FrameOfReferenceUid) is null
            ? ""
            : string.Join('\n', s_common.Select(tag => dataset.FindText(tag)));

    private static bool IsParallel(SourceSlice first, SourceSlice other) =>
        (first.Rows, first.Columns) == (other.Rows, other.Columns)
        && (first.Plane!.Value.ColumnStep - other.Plane!.Value.ColumnStep).Length < Tolerance
        && (first.Plane!.Value.RowStep - other.Plane!.Value.RowStep).Length < Tolerance;

    private static bool AreApart(List<SourceSlice> stack)
    {
        double[] places = [.. stack.Select(slice => slice.Location!.Value).Order()];
        return places.Zip(places.Skip(1), (place, next) => next - place).All(distance => distance > Tolerance);
    }
}
