using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Inspection;

/// <summary>
/// Inspects a data set for common mistakes in drawing, naming and sorting label masks. Each finding is a hint: only a person
/// can decide what is right for the patient.
/// </summary>
public static class DatasetInspector
{
    /// <summary>Inspects a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="validation">The validation set, if it is a data set of its own; otherwise null.</param>
    /// <param name="events">Receives the progress, in samples and then in steps; or null.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    /// <returns>A report for each sample, and the problems of the data set as a whole.</returns>
    /// <exception cref="MedSegException"><c>ValidationMismatch</c>: the validation set has other ROIs or other preprocessing.</exception>
    public static DatasetInspection Inspect(Dataset dataset, Dataset? validation = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        IReadOnlyList<string> names = dataset.LabelNames;
        InspectedSlice[] slices = Measure(dataset, names.Count, events, cancellationToken);
        RoiSummary[] rois = [];
        Action[] finders =
        [
            () => MislabelFinder.Find(slices, names, cancellationToken),
            () => rois = CoverageFinder.Summarize(slices, names),
            () => OutlierFinder.FindRois(slices, names, cancellationToken),
            () => OutlierFinder.FindImages(slices, cancellationToken),
            () => DuplicateFinder.FindImages(slices, cancellationToken),
            () => DuplicateFinder.FindMasks(slices, cancellationToken),
            () => GeometryFinder.Find(slices),
            () => CoverageFinder.FindAbsent(slices, rois),
            () => CoverageFinder.FindPieces(slices, names),
        ];
        for (int i = 0; i < finders.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            events?.Progress?.Invoke(new WorkProgress(i, finders.Length) { Stage = "Comparing the samples, steps" });
            finders[i]();
        }

        if (validation is not null)
        {
            validation.Description.RequireSame(dataset.Description, "the validation data set", "the data set", ErrorIds.ValidationMismatch, validation.LabelPath);
            DuplicateFinder.FindInValidation(slices, Measure(validation, names.Count, events, cancellationToken, "Comparing with the validation data set"), cancellationToken);
        }

        // The slices are the usable samples, in the same order.
        int next = 0;
        return new DatasetInspection
        {
            LabelPath = dataset.LabelPath,
            Samples = slices.Length,
            Patients = dataset.Patients,
            Rois = rois,
            Problems = CoverageFinder.FindRare(dataset.LabelPath, rois, slices.Length).ToArray(),
            Reports = dataset.Samples.Select(ReportOn).ToArray(),
        };

        LabelReport ReportOn(Sample sample)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Report(sample, names, sample.IsUsable ? slices[next++] : null);
        }
    }

    private static InspectedSlice[] Measure(Dataset dataset, int roiCount, EngineEvents? events, CancellationToken cancellationToken, string? stage = null)
    {
        Sample[] usable = [.. dataset.Samples.Where(s => s.IsUsable)];
        var slices = new InspectedSlice[usable.Length];
        ParallelLoop.For(
            usable.Length,
            i =>
            {
                using RentedSlice pixels = usable[i].Pixels!.Open();
                slices[i] = new InspectedSlice(usable[i], SliceFeatures.Of(pixels.FirstChannel(), IgnoredPixels.AsBackground(pixels.Roi), dataset.InputSize, roiCount));
            },
            stage,
            events,
            cancellationToken);
        return slices;
    }

    private static LabelReport Report(Sample sample, IReadOnlyList<string> names, InspectedSlice? found)
    {
        var pixels = new Dictionary<string, long>(names.Count);
        var areas = new Dictionary<string, double?>(names.Count);
        var parts = new Dictionary<string, int>(names.Count);
        for (int roi = 1; roi <= names.Count; roi++)
        {
            string name = names[roi - 1];
            pixels[name] = sample.IsUsable ? sample.RoiPixels[roi] : 0;
            areas[name] = sample.IsUsable && sample.Spacing is { } spacing ? sample.RoiPixels[roi] * spacing.PixelArea : null;
            parts[name] = sample.IsUsable ? sample.RoiParts[roi].Count : 0;
        }

        return new LabelReport
        {
            Name = sample.Name,
            IsValid = sample.IsUsable,
            RoiPixels = pixels,
            RoiAreas = areas,
            RoiParts = parts,
            LikelyRois = found?.Likely.ToDictionary(pair => names[pair.Key - 1], pair => names[pair.Value - 1]) ?? [],
            Values = sample.Values,
            Problems = sample.Problems.Concat(found?.Problems ?? []).ToArray(),
            Path = (sample.LabelPath ?? sample.ImagePath)!,
        };
    }
}
