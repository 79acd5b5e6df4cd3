using System.Collections.Concurrent;
using System.Globalization;
using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>Reads images and their masks, checks them and resizes both to the network's input size.</summary>
/// <param name="options">The options of the import.</param>
/// <param name="salt">Hides the patients.</param>
/// <param name="store">Receives the pixels of usable samples.</param>
internal sealed class SampleDecoder(DatasetOptions options, PatientSalt salt, ISampleStore store) : IDisposable
{
    private const int SlicesPerCore = 4;

    // A resized image is no longer needed, so its buffer is reused for the next image of that size.
    private readonly ThreadLocal<FrameBuffer> _buffers = new(() => new FrameBuffer());
    private readonly OutlineFile _outlines = new(options.Recurse);
    private readonly ConcurrentDictionary<string, int> _cuts = new(StringComparer.Ordinal);

    /// <summary>Gets how the volumes that were decoded were cut into slices, a sentence for each way.</summary>
    public IEnumerable<string> Cuts => _cuts.OrderBy(cut => cut.Key, StringComparer.Ordinal)
        .Select(cut => string.Create(CultureInfo.InvariantCulture, $"{options.DicomPath}: {(cut.Value == 1 ? "1 volume is" : $"{cut.Value} volumes are")} cut into slices {cut.Key}."));

    /// <summary>Decodes a pair while the number of ROIs is not known.</summary>
    /// <param name="pair">The pair.</param>
    /// <returns>
    /// The samples, with counts up to the highest ROI number in each; null if a mask cannot be judged, or its problem cannot be
    /// described, without the number of ROIs.
    /// </returns>
    public IReadOnlyList<Sample>? TryDecode(SamplePair pair)
    {
        IReadOnlyList<Sample> samples = Load(pair, roiCount: null);
        return samples.All(sample => sample.IsUsable || sample.Values.Count == 0 || sample.HighestRoi > 0) ? samples.Select(WithoutAbsent).ToArray() : null;
    }

    // 254 counts for each sample would take more memory than all else that a data set with a disk cache keeps there.
    private static Sample WithoutAbsent(Sample sample)
    {
        int count = sample.RoiPixels.Count;
        while (count > 1 && sample.RoiPixels[count - 1] == 0)
        {
            count--;
        }

        return sample.WithRoiCount(count - 1);
    }

    /// <summary>Decodes a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>
    /// A sample for each frame of the image; samples that cannot be used state the problem. Empty for a DICOM file that is not
    /// an image and has no mask.
    /// </returns>
    public IReadOnlyList<Sample> Decode(SamplePair pair, int roiCount) => Load(pair, roiCount);

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private List<Sample> Load(SamplePair pair, int? roiCount)
    {
        var samples = new List<Sample>();
        var whole = new Sample
        {
            Name = pair.Name,
            ImagePath = pair.ImagePath,
            LabelPath = pair.LabelPath,
            Patient = PatientSalt.Unknown,
            Rows = 0,
            Columns = 0,
            Values = [],
            Problems = [],
        };
        if (pair.MissingPartner(options) is { } missing)
        {
            bool isSkipped = pair.ImagePath is not null && !ImageSource.MayHoldImage(pair.ImagePath);
            return isSkipped ? [] : [whole with { Problems = [missing] }];
        }

        if (pair.Slices.Count > 0)
        {
            return LoadSeries(pair, whole, roiCount);
        }

        try
        {
            IReadOnlyList<LabelImage>? masks = null;
            OutlineLabels? outlines = OutlineFile.Is(pair.LabelPath!) ? new OutlineLabels(_outlines.Read(pair.LabelPath!, pair.Name), pair.LabelPath!, options.LabelMap, options.LabelNames) : null;
            foreach (ImageSlice image in ImageSource.Read(pair.ImagePath!, pair.Channels, options.Reading, _buffers.Value).Where(image => pair.Frames?.Contains(image, pair.ImagePath!) ?? true))
            {
                whole = Describe(whole, image);
                Sample frame = whole with { Name = FrameName.Of(pair.Name, image.Frame, image.Frames) };
                masks ??= image.Section is not null ? throw NotVolume(pair.LabelPath!) : outlines is null ? LabelReader.ReadFrames(pair.LabelPath!, image.Frames, options.LabelMap) : [];
                samples.Add(outlines is null ? Load(frame, image, masks[image.Frame - 1], roiCount) : Load(frame with { RoiNames = outlines.RoiNames }, image, outlines.Slice(image), roiCount));
            }

            return samples;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)]; // no frame of a truncated file, since the missing ones would never be noticed
        }
    }

    private Sample Describe(Sample sample, ImageSlice image) =>
        sample with { Rows = image.Rows, Columns = image.Columns, Spacing = image.Spacing, Axis = SliceAxes.Of(image), Patient = salt.Hide(image.IsDicom ? image.PatientIdentity : PatientName.Of(sample.Name, isPicture: image.Section is null)) };

    private void NoteCut(ImageSlice image)
    {
        if (image is { Frame: 1, Cut: { } cut })
        {
            _cuts.AddOrUpdate(cut, 1, (_, count) => count + 1);
        }
    }

    // The slices of a volume may be turned and mirrored, which no other format of masks would show.
    private static FileFormatException NotVolume(string path) =>
        new(ErrorIds.LabelVolume, path, "The image is a volume, but the mask is not.") { Advice = "Save the labels as a volume at the same place (NIfTI or DICOM SEG)." };

    private static Sample Refuse(Sample sample, MedSegException error) =>
        sample with { Problems = [LabelProblem.Of(error)] };

    private List<Sample> LoadSeries(SamplePair pair, Sample whole, int? roiCount)
    {
        try
        {
            LabelVolume volume = LabelVolume.Open(pair.LabelPath!, options.LabelMap, options.LabelNames);
            volume.SetSlices(() => [.. pair.Slices.SelectMany(slice => slice.Planes)]);
            return LoadSeries(pair, volume, whole, roiCount);
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)];
        }
    }

    private List<Sample> LoadSeries(SamplePair pair, LabelVolume volume, Sample whole, int? roiCount)
    {
        var samples = new List<Sample>();
        bool isMatched = false;
        foreach (SeriesImage slice in pair.Slices)
        {
            Sample ofSlice = whole with { Name = slice.Name, ImagePath = slice.Path, RoiNames = volume.RoiNames };
            samples.AddRange(LoadSlices(slice, ofSlice, volume, roiCount, ref isMatched));
        }

        // Frames that are not used may have labels.
        if (pair.Slices.All(slice => slice.Frames is null) && volume.CountUnseen() is > 0 and int unseen)
        {
            string planes = unseen == 1 ? "1 plane with labels does" : $"{unseen} planes with labels do";
            var problem = new LabelProblem(ErrorIds.LabelPlaneUnseen, LabelSeverity.Warning, $"{pair.LabelPath}: {planes} not match any of the {samples.Count} slices, so these labels are not used.", 0)
            {
                Advice = "Check that all slices of the series are in the folder.",
            };
            samples[0] = samples[0] with { Problems = [.. samples[0].Problems, problem] };
        }

        // A segmentation may leave out slices, but if it matches none of them it belongs to another series.
        if (isMatched || !samples.Exists(sample => sample.IsUsable))
        {
            return samples;
        }

        var outside = new LabelProblem(ErrorIds.LabelOutsideVolume, LabelSeverity.Error, $"{pair.LabelPath}: The segmentation has no frame at the position of any of the {samples.Count} slices.", 0)
        {
            Advice = "Check that it was drawn on this series.",
        };
        return [whole with { Problems = [outside] }];
    }

    private List<Sample> LoadSlices(SeriesImage slice, Sample whole, LabelVolume volume, int? roiCount, ref bool isMatched)
    {
        var samples = new List<Sample>();
        try
        {
            // The slices of a volume are cut and labelled in order, and prepared on all cores. Single files are spread over the cores as they are.
            bool isVolume = ImageSource.IsVolume(slice.Path);
            IEnumerable<ImageSlice> images = ImageSource.Read(slice.Path, slice.Channels, slice.Reading, isVolume ? null : _buffers.Value).Where(image => slice.Frames?.Contains(image, slice.Path) ?? true);
            foreach (ImageSlice[] batch in images.Chunk(isVolume ? SlicesPerCore * Environment.ProcessorCount : 1))
            {
                (Sample Sample, SliceLabels? Labels)[] labelled = [.. batch.Select(image => Label(slice, whole, volume, image))];
                isMatched |= labelled.Any(pair => pair.Labels is { IsMatched: true });
                Sample[] loaded = new Sample[batch.Length];
                ParallelLoop.For(batch.Length, i => loaded[i] = Load(labelled[i].Sample, batch[i], labelled[i].Labels, roiCount));
                samples.AddRange(loaded);
            }

            return samples;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)];
        }
    }

    // Without labels if they cannot be used, which the sample says.
    private (Sample Sample, SliceLabels? Labels) Label(SeriesImage slice, Sample whole, LabelVolume volume, ImageSlice image)
    {
        NoteCut(image);
        Sample sample = Describe(whole, image) with { Name = FrameName.Of(slice.Name, image.Frame, image.Frames) };
        try
        {
            return (sample, volume.Slice(image));
        }
        catch (FileFormatException e)
        {
            return (Refuse(sample, e), null);
        }
    }

    private Sample Load(Sample sample, ImageSlice image, SliceLabels? labels, int? roiCount)
    {
        if (labels is null)
        {
            return sample;
        }

        bool isWrong = labels.Problems.Any(p => p.Severity == LabelSeverity.Error);
        sample = isWrong ? sample : Load(sample, image, labels.Mask, roiCount);
        return sample with { Problems = [.. labels.Problems, .. sample.Problems] };
    }

    private Sample Load(Sample sample, ImageSlice image, LabelImage mask, int? roiCount)
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
            _buffers.Value!.Leave(input);
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
        long[] pixels = new long[roiCount + 1];
        foreach (byte number in roi)
        {
            if (number != IgnoredPixels.Number)
            {
                pixels[number]++;
            }
        }

        return pixels;
    }
}
