using MedSeg.Agreement;
using MedSeg.Comparison;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Composition;

/// <summary>Compares the fat and the lean area that the masks of two or more raters lead to, on the same images.</summary>
public static class CompositionAgreement
{
    private static readonly (string Name, Func<RoiComposition, double?> Of)[] s_measures =
    [
        (nameof(RoiComposition.FatPercent), roi => roi.FatPercent),
        (nameof(RoiComposition.LeanArea), roi => roi.LeanArea),
    ];

    /// <summary>Compares compositions.</summary>
    /// <param name="masks">The masks of the raters, with the folder of their images.</param>
    /// <param name="composition">How fat is measured.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The agreement, over the slices where both raters have the ROI and its fat could be measured.</returns>
    /// <exception cref="MedSegException">There are no images (<c>FatMethodInvalid</c>), or an option or a folder is invalid.</exception>
    public static CompositionComparison Compare(MaskComparisonOptions masks, CompositionOptions composition, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(masks);
        ArgumentNullException.ThrowIfNull(composition);
        masks.Validate();
        if (masks.ImagePath is null || composition.Method == FatMethod.None)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FatMethodInvalid, "The agreement of fat needs images and a fat method.")
            {
                Advice = "Give the folder of the images with -ImagePath, and -FatMethod.",
            };
        }

        Func<string, string>? patients = RatedSet.PatientsBy(masks.PatientPattern);
        var rows = new List<(int Rater, RoiComposition Roi)>();
        var problems = new List<LabelProblem>();
        for (int rater = 0; rater < masks.Paths.Count; rater++)
        {
            Dataset dataset = DatasetImporter.Import(ImageMasks.OptionsOf(masks, masks.Paths[rater], rater, cancellationToken), events, cancellationToken);
            CompositionResult found = CompositionMeasure.Measure(dataset, composition, events, maps: null, cancellationToken);
            problems.AddRange(found.Problems);
            rows.AddRange(found.Slices.Where(roi => roi.Pixels > 0).Select(roi => (rater, patients is null ? roi : roi with { Patient = patients(roi.Slice) })));
        }

        string[] raters = masks.Raters();
        return new CompositionComparison(
            [.. rows.GroupBy(row => row.Roi.Roi).OrderBy(group => group.Key).SelectMany(roi => s_measures.SelectMany(measure => Compare([.. roi], measure.Name, measure.Of, raters, masks)))],
            [.. problems.DistinctBy(problem => problem.Message)]);
    }

    private static IEnumerable<RoiAgreement> Compare((int Rater, RoiComposition Roi)[] rows, string measure, Func<RoiComposition, double?> of, string[] raters, MaskComparisonOptions options)
    {
        bool isPercent = measure == nameof(RoiComposition.FatPercent);
        var slices = rows.Where(row => of(row.Roi) is not null).GroupBy(row => (row.Roi.Slice, row.Roi.Side))
            .Select(group => (group.First().Roi.Patient, Values: group.ToDictionary(row => row.Rater, row => of(row.Roi)!.Value))).ToArray();
        RoiAgreement empty = new()
        {
            Roi = rows[0].Roi.Roi,
            Name = rows[0].Roi.Name,
            Measure = measure,
            RaterA = "",
            RaterB = null,
            Slices = 0,
            Patients = 0,
            Unit = "mm",
            MeasureUnit = isPercent ? "%" : "mm²",
        };

        // A margin in mm² is none for percentages.
        MaskComparisonOptions margin = isPercent ? options with { EquivalenceMargin = null } : options;
        for (int a = 0; a < raters.Length; a++)
        {
            for (int b = a + 1; b < raters.Length; b++)
            {
                MeasuredPair[] pairs = [.. slices.Where(s => s.Values.ContainsKey(a) && s.Values.ContainsKey(b)).Select(s => new MeasuredPair(s.Patient, s.Values[a], s.Values[b]))];
                if (pairs.Length > 0)
                {
                    yield return AgreementTable.Add(empty with { RaterA = raters[a], RaterB = raters[b], Slices = pairs.Length }, pairs, margin);
                }
            }
        }

        (string, double[])[] all = [.. slices.Where(s => s.Values.Count == raters.Length).Select(s => (s.Patient, raters.Select((_, i) => s.Values[i]).ToArray()))];
        if (raters.Length > 2 && all.Length > 0)
        {
            yield return AgreementTable.AddAll(empty, all);
        }
    }
}
