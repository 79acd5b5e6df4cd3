using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>Checks the labels of a slice, and resizes image and labels to the network's input size.</summary>
/// <param name="options">The options of the import.</param>
/// <param name="store">Receives the pixels of usable samples.</param>
/// <param name="buffers">The memory that images were decoded into.</param>
internal sealed class SliceDecoder(DatasetOptions options, ISampleStore store, ThreadLocal<FrameBuffer> buffers)
{
    /// <summary>Decodes a slice whose labels may have problems.</summary>
    /// <param name="sample">What is known of the slice.</param>
    /// <param name="image">The slice.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="roiCount">The number K of ROIs; null if it is not known.</param>
    /// <returns>The sample; if it cannot be used, it states the problem.</returns>
    public Sample Load(Sample sample, ImageSlice image, SliceLabels labels, int? roiCount)
    {
        bool isWrong = labels.Problems.Any(p => p.Severity == LabelSeverity.Error);
        sample = isWrong ? sample : Load(sample, image, labels.Mask, roiCount);
        return sample with { Problems = [.. labels.Problems, .. sample.Problems] };
    }

    /// <summary>Decodes a slice.</summary>
    /// <param name="sample">What is known of the slice.</param>
    /// <param name="image">The slice.</param>
    /// <param name="mask">Its labels.</param>
    /// <param name="roiCount">The number K of ROIs; null if it is not known.</param>
    /// <returns>The sample; if it cannot be used, it states the problem.</returns>
    public Sample Load(Sample sample, ImageSlice image, LabelImage mask, int? roiCount)
    {
        if (mask.Rows != image.Rows || mask.Columns != image.Columns)
        {
            string finding = $"{sample.LabelPath}: The mask has {mask.Rows} × {mask.Columns} pixels, but its image has {image.Rows} × {image.Columns}.";
            return sample with { Problems = [new LabelProblem(ErrorIds.LabelSizeMismatch, LabelSeverity.Error, finding, 0) { Advice = "Export the mask at the size of the image." }] };
        }

        if (roiCount is null && mask.IsLossy)
        {
            return sample with { Values = LabelHistogram.Count(mask.Values) };
        }

        int allowed = roiCount ?? InputLimits.MaximumRoiCount;
        LabelCheckResult check = LabelSnap.Check(mask, allowed, options.JpegStep, options.LabelMap, options.IgnoreLabel);
        return Finish(sample with { Values = check.Values }, image, check, allowed);
    }

    private Sample Finish(Sample sample, ImageSlice image, LabelCheckResult check, int roiCount)
    {
        List<LabelProblem> problems = [.. check.Problems.Select(p => p with { Message = $"{sample.LabelPath}: {p.Message}" })];
        if (image.SpacingNote is { } note)
        {
            problems.Add(new LabelProblem(ErrorIds.SpacingUnclear, note.IsAtDetector ? LabelSeverity.Warning : LabelSeverity.Notice, $"{sample.ImagePath}: {note.Finding}", 0)
            {
                Advice = note.Advice,
            });
        }

        if (image.DirectionsNote is { } directions)
        {
            problems.Add(new LabelProblem(ErrorIds.VolumeDirections, LabelSeverity.Warning, $"{sample.ImagePath}: {directions}", 0)
            {
                Advice = "Look at a preview. If left and right matter, save the volumes as NIfTI with their directions.",
            });
        }

        if (image is { IsDicom: false, Section: null, Frame: 1 } && PatientName.NoticeFor(sample.Name, sample.ImagePath!) is { } notice)
        {
            problems.Add(notice);
        }

        if (InputProblem.Find(image, options.Preprocessing, out ResizeGeometry geometry) is { } found)
        {
            problems.Add(new LabelProblem(found.ErrorId, LabelSeverity.Error, $"{sample.ImagePath}: {found.Finding}", 0) { Advice = found.Advice });
            return sample with { Problems = problems, HighestRoi = check.Roi is null ? 0 : IgnoredPixels.AsBackground(check.Roi).Max() };
        }

        if (IntensityNormalizer.IsConstant(image.Pixels))
        {
            problems.Add(new LabelProblem(ErrorIds.ImageConstant, LabelSeverity.Warning, $"{sample.ImagePath}: All pixels of the image have the same value.", image.Pixels.Length));
        }

        sample = sample with { Problems = problems };
        if (check.Roi is null)
        {
            return sample;
        }

        var spread = IntensitySpread.Of(image.Pixels);
        float[] input = InputPreprocessing.Prepare(image, geometry, options.Normalization);
        if (image.OtherChannels.Count == 0)
        {
            buffers.Value!.Leave(input);
        }

        return sample with
        {
            Spread = spread,
            Modality = image.Modality,
            Pixels = store.AddPixels(input, LabelResizer.Resize(check.Roi, geometry, options.LabelResampling), PackedMask.Of(check.Roi)),
            RoiPixels = CountRois(check.Roi, roiCount),
            IgnoredPixels = IgnoredPixels.Count(check.Roi),
            RoiParts = ConnectedComponents.Count(IgnoredPixels.AsBackground(check.Roi), image.Columns, roiCount),
        };
    }

    /// <summary>Counts the pixels of background and ROIs, without those that are ignored.</summary>
    /// <param name="roi">The ROI numbers.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    internal static long[] CountRois(byte[] roi, int roiCount)
    {
        long[] counts = SmallLabels.Count(roi);
        counts[IgnoredPixels.Number] = 0;
        return counts[..(roiCount + 1)];
    }
}
