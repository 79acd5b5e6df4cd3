using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>Keeps the pixels of a usable sample.</summary>
/// <param name="image">The normalised intensities, [S, S].</param>
/// <param name="roi">The ROI numbers, [S, S].</param>
/// <param name="truth">The ROI numbers at the mask's own size.</param>
/// <returns>Where they are.</returns>
internal delegate SliceStore KeepPixels(float[] image, byte[] roi, PackedMask truth);

/// <summary>Reads an image and its mask, checks them and brings both to the network's input size.</summary>
/// <param name="options">How to read them.</param>
/// <param name="salt">What hides patients.</param>
/// <param name="keep">Keeps the pixels of a usable sample.</param>
internal sealed class SampleLoader(DatasetOptions options, PatientSalt salt, KeepPixels keep) : IDisposable
{
    /// <summary>The most ROIs that a mask is allowed while their number is not known yet.</summary>
    private const int MostRois = 254;

    // An image that is resized is done with at once; the next one of its size has its memory.
    private readonly ThreadLocal<FrameBuffer> _buffers = new(() => new FrameBuffer());

    /// <summary>Loads a pair while the number of ROIs is not known.</summary>
    /// <param name="pair">The pair.</param>
    /// <returns>
    /// The samples, with counts up to the last ROI that each has; or null where a mask cannot be judged, or a problem of it be told,
    /// without that number.
    /// </returns>
    public IReadOnlyList<Sample>? LoadWithoutRoiCount(SamplePair pair)
    {
        IReadOnlyList<Sample> samples = Load(pair, MostRois, certainOnly: true);
        return samples.All(sample => sample.IsUsable || sample.Values.Count == 0) ? samples.Select(WithoutAbsent).ToArray() : null;
    }

    // 254 counts a sample would be more than all else that a data set on disk keeps in memory.
    private static Sample WithoutAbsent(Sample sample)
    {
        int count = sample.RoiPixels.Count;
        while (count > 1 && sample.RoiPixels[count - 1] == 0)
        {
            count--;
        }

        return sample.WithRoiCount(count - 1);
    }

    /// <summary>Loads a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>
    /// A sample for each frame of the image; one that cannot be used says why. None where a DICOM file is no image, and no
    /// mask says that it is meant to be one.
    /// </returns>
    public IReadOnlyList<Sample> Load(SamplePair pair, int roiCount) => Load(pair, roiCount, certainOnly: false);

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private List<Sample> Load(SamplePair pair, int roiCount, bool certainOnly)
    {
        var samples = new List<Sample>();
        var whole = new Sample { Name = pair.Name, ImagePath = pair.ImagePath, LabelPath = pair.LabelPath, Patient = PatientSalt.Unknown, Rows = 0, Columns = 0, Values = [], Problems = [] };
        if (pair.MissingPartner(options) is { } missing)
        {
            bool isPassedOver = pair.ImagePath is not null && !DicomImageReader.MayHoldImage(pair.ImagePath);
            return isPassedOver ? [] : [whole with { Problems = [missing] }];
        }

        if (pair.Slices.Count > 0)
        {
            return LoadSeries(pair, whole, roiCount, certainOnly);
        }

        try
        {
            IReadOnlyList<LabelImage>? masks = null;
            foreach (DicomImage image in DicomImageReader.ReadFrames(pair.ImagePath!, _buffers.Value))
            {
                whole = Describe(whole, image);
                masks ??= LabelReader.ReadFrames(pair.LabelPath!, image.Frames, options.LabelMap);
                samples.Add(Load(whole with { Name = FrameName.Of(pair.Name, image.Frame, image.Frames) }, image, masks[image.Frame - 1], roiCount, certainOnly));
            }

            return samples;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            // Of a file that breaks off, no frame is used: what is missing would never be noticed.
            return [Refuse(whole, e)];
        }
    }

    private Sample Describe(Sample sample, DicomImage image) =>
        sample with { Rows = image.Rows, Columns = image.Columns, Spacing = image.Spacing, Patient = salt.Hide(image.PatientIdentity) };

    private static Sample Refuse(Sample sample, MedSegException error) =>
        sample with { Problems = [new LabelProblem(error.ErrorId, LabelSeverity.Error, error.Message, 0)] };

    private List<Sample> LoadSeries(SamplePair pair, Sample whole, int roiCount, bool certainOnly)
    {
        try
        {
            return LoadSeries(pair, LabelVolume.Open(pair.LabelPath!, options.LabelMap, options.LabelNames), whole, roiCount, certainOnly);
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)];
        }
    }

    private List<Sample> LoadSeries(SamplePair pair, LabelVolume volume, Sample whole, int roiCount, bool certainOnly)
    {
        var samples = new List<Sample>();
        bool isMatched = false;
        foreach (SeriesImage slice in pair.Slices)
        {
            samples.AddRange(LoadSlices(slice, whole with { Name = slice.Name, ImagePath = slice.Path, RoiNames = volume.RoiNames }, volume, roiCount, certainOnly, ref isMatched));
        }

        if (volume.CountUnseen() is > 0 and int unseen)
        {
            samples[0] = samples[0] with { Problems = [.. samples[0].Problems, new LabelProblem("LabelPlaneUnseen", LabelSeverity.Warning, $"{pair.LabelPath}: {unseen} plane{(unseen == 1 ? "" : "s")} with labels lie{(unseen == 1 ? "s" : "")} on none of the {samples.Count} slices, so these labels are not used. Check that all slices of the series are there.", 0)] };
        }

        // A segmentation may leave slices out, but one that has none of them belongs to something else.
        return isMatched || !samples.Exists(sample => sample.IsUsable)
            ? samples
            : [whole with { Problems = [new LabelProblem("LabelOutsideVolume", LabelSeverity.Error, $"{pair.LabelPath}: none of the {samples.Count} slices lies where the segmentation has a frame. Check that it was drawn on this series.", 0)] }];
    }

    private List<Sample> LoadSlices(SeriesImage slice, Sample whole, LabelVolume volume, int roiCount, bool certainOnly, ref bool isMatched)
    {
        var samples = new List<Sample>();
        try
        {
            foreach (DicomImage image in DicomImageReader.ReadFrames(slice.Path, _buffers.Value))
            {
                Sample sample = Describe(whole, image) with { Name = FrameName.Of(slice.Name, image.Frame, image.Frames) };
                SliceLabels labels;
                try
                {
                    labels = volume.Slice(image);
                }
                catch (FileFormatException e)
                {
                    samples.Add(Refuse(sample, e));
                    continue;
                }

                isMatched |= labels.IsMatched;
                bool isWrong = labels.Problems.Any(p => p.Severity == LabelSeverity.Error);
                sample = isWrong ? sample : Load(sample, image, labels.Mask, roiCount, certainOnly);
                samples.Add(sample with { Problems = [.. labels.Problems, .. sample.Problems] });
            }

            return samples;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)];
        }
    }

    private Sample Load(Sample sample, DicomImage image, LabelImage mask, int roiCount, bool certainOnly)
    {
        if (mask.Rows != image.Rows || mask.Columns != image.Columns)
        {
            return sample with { Problems = [new LabelProblem("LabelSizeMismatch", LabelSeverity.Error, $"{sample.LabelPath}: the mask has {mask.Rows} × {mask.Columns} pixels, its image {image.Rows} × {image.Columns}. Export the mask at the image's own size.", 0)] };
        }

        if (certainOnly && mask.IsLossy)
        {
            return sample with { Values = LabelHistogram.Count(mask.Values) };
        }

        LabelCheckResult check = LabelSnap.Check(mask, roiCount, options.JpegStep, options.LabelMap);
        return Finish(sample with { Values = check.Values }, image, check, roiCount);
    }

    private Sample Finish(Sample sample, DicomImage image, LabelCheckResult check, int roiCount)
    {
        List<LabelProblem> problems = [.. check.Problems.Select(p => p with { Message = $"{sample.LabelPath}: {p.Message}" })];
        if (!IntensityNormalizer.IsFinite(image.Pixels))
        {
            problems.Add(new LabelProblem("ImageNotFinite", LabelSeverity.Error, $"{sample.ImagePath}: the image has values that are not finite (NaN or infinity). Check its rescale slope and intercept.", 0));
            return sample with { Problems = problems };
        }

        if (options.Normalization == Normalization.Window && image.Window is null)
        {
            problems.Add(new LabelProblem("WindowMissing", LabelSeverity.Error, $"{sample.ImagePath}: the file states no window (Window Center and Width) that can be used. Choose another -Normalization.", 0));
            return sample with { Problems = problems };
        }

        if (IntensityNormalizer.IsConstant(image.Pixels))
        {
            problems.Add(new LabelProblem("ImageConstant", LabelSeverity.Warning, $"{sample.ImagePath}: every pixel of the image has the same value.", image.Pixels.Length));
        }

        sample = sample with { Problems = problems };
        if (check.Roi is null)
        {
            return sample;
        }

        var spread = IntensitySpread.Of(image.Pixels);
        float[] input = InputPreprocessing.Prepare(image, options.InputSize, options.ResizeMode, options.Normalization);
        _buffers.Value!.Leave(input);
        return sample with
        {
            Spread = spread,
            Modality = image.Modality,
            Pixels = keep(input, ImageResizer.ResizeLabel(check.Roi, image.Rows, image.Columns, options.InputSize, options.ResizeMode), PackedMask.Of(check.Roi)),
            RoiPixels = CountRois(check.Roi, roiCount),
            RoiParts = ConnectedComponents.Count(check.Roi, image.Columns, roiCount),
        };
    }

    private static long[] CountRois(byte[] roi, int roiCount)
    {
        long[] pixels = new long[roiCount + 1];
        foreach (byte number in roi)
        {
            pixels[number]++;
        }

        return pixels;
    }
}
