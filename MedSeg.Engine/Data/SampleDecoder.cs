using System.Collections.Concurrent;
using System.Globalization;
using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Data;

/// <summary>Reads images and their masks, checks them and resizes both to the network's input size.</summary>
internal sealed class SampleDecoder : IDisposable
{
    private const int SlicesPerCore = 4;

    private static readonly int s_batch = SlicesPerCore * Environment.ProcessorCount;

    private readonly DatasetOptions _options;
    private readonly PatientSalt _salt;
    private readonly SliceDecoder _slices;

    // A resized image is no longer needed, so its buffer is reused for the next image of that size.
    private readonly ThreadLocal<FrameBuffer> _buffers = new(() => new FrameBuffer());
    private readonly OutlineFile _outlines;
    private readonly ConcurrentDictionary<string, int> _cuts = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="SampleDecoder"/> class.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="salt">Hides the patients.</param>
    /// <param name="store">Receives the pixels of usable samples.</param>
    public SampleDecoder(DatasetOptions options, PatientSalt salt, ISampleStore store)
    {
        (_options, _salt) = (options, salt);
        _outlines = new OutlineFile(options.Recurse);
        _slices = new SliceDecoder(options, store, _buffers);
    }

    /// <summary>Gets how the volumes that were decoded were cut into slices, a sentence for each way.</summary>
    public IEnumerable<string> Cuts => _cuts.OrderBy(cut => cut.Key, StringComparer.Ordinal)
        .Select(cut => string.Create(CultureInfo.InvariantCulture, $"{_options.DicomPath}: {(cut.Value == 1 ? "1 volume is" : $"{cut.Value} volumes are")} cut into slices {cut.Key}."));

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
        if (pair.MissingPartner(_options) is { } missing)
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
            OutlineLabels? outlines = OutlineFile.Is(pair.LabelPath!) ? ReadOutlines(pair) : null;
            foreach (ImageSlice image in UsedFrames.Filter(pair.Frames, ImageSource.Read(pair.ImagePath!, pair.Channels, _options.Reading, _buffers.Value), pair.ImagePath!))
            {
                whole = Describe(whole, image);
                Sample frame = whole with { Name = FrameName.Of(pair.Name, image.Frame, image.Frames) };
                masks ??= image.Section is not null ? throw NotVolume(pair.LabelPath!, pair.ImagePath!) : outlines is null ? LabelReader.ReadFrames(pair.LabelPath!, image.Frames, _options.LabelMap) : [];
                samples.Add(outlines is null ? _slices.Load(frame, image, masks[image.Frame - 1], roiCount) : _slices.Load(frame with { RoiNames = outlines.RoiNames }, image, outlines.Slice(image), roiCount));
            }

            return samples;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [Refuse(whole, e)]; // no frame of a truncated file, since the missing ones would never be noticed
        }
    }

    private Sample Describe(Sample sample, ImageSlice image) => sample with
    {
        Rows = image.Rows,
        Columns = image.Columns,
        Spacing = image.Spacing,
        Axis = SliceAxes.Of(image),
        Frame = image.Frames > 1 ? image.Frame : null,
        Patient = _salt.Hide(image.IsDicom ? image.PatientIdentity : PatientName.Of(sample.Name, isPicture: image.Section is null)),
    };

    private void NoteCut(ImageSlice image)
    {
        if (image is { Frame: 1, Cut: { } cut })
        {
            _cuts.AddOrUpdate(cut, 1, (_, count) => count + 1);
        }
    }

    // The slices of a volume may be turned and mirrored, which no other format of masks would show.
    private static FileFormatException NotVolume(string path, string image) =>
        new(ErrorIds.LabelVolume, path, $"The image {Path.GetFileName(image)} is a volume, but the mask is not.") { Advice = "Save the labels as a volume at the same place (NIfTI or DICOM SEG)." };

    private static Sample Refuse(Sample sample, MedSegException error) =>
        sample with { Problems = [LabelProblem.Of(error)] };

    private OutlineLabels ReadOutlines(SamplePair pair) => new(_outlines.Read(pair.LabelPath!, pair.Name), pair.LabelPath!, _options.LabelMap, _options.LabelNames);

    private List<Sample> LoadSeries(SamplePair pair, Sample whole, int? roiCount)
    {
        // The labels and a volume are read at the same time, and slices are prepared while the rest is read.
        using var stop = new CancellationTokenSource();
        CancellationToken ahead = stop.Token;
        Task<ImageVolume>? image = pair.Slices is [{ Channels.Count: < 2 } only] && ImageSource.IsVolume(only.Path) ? Task.Run(() => ImageSource.OpenVolume(only.Path, only.Reading, ahead)) : null;
        try
        {
            LabelVolume volume = OutlineFile.Is(pair.LabelPath!)
                ? new OutlineStack(ReadOutlines(pair), pair.LabelPath!, pair.Slices.Count)
                : LabelVolume.OpenAhead(pair.LabelPath!, _options.LabelMap, _options.LabelNames, ahead);
            volume.SetSlices(() => [.. pair.Slices.SelectMany(slice => slice.Planes)]);
            return LoadSeries(pair, volume, image, whole, roiCount);
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            // What the task found is of no interest any more.
            image?.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
            return [Refuse(whole, e)];
        }
        finally
        {
            stop.Cancel();
        }
    }

    private List<Sample> LoadSeries(SamplePair pair, LabelVolume volume, Task<ImageVolume>? image, Sample whole, int? roiCount)
    {
        var loaded = new List<(Sample Sample, bool IsMatched)>[pair.Slices.Count];
        void Load(int i)
        {
            SeriesImage slice = pair.Slices[i];
            loaded[i] = LoadSlices(slice, whole with { Name = slice.Name, ImagePath = slice.Path, RoiNames = volume.RoiNames }, volume, image, roiCount);
        }

        if (volume.IsConcurrent)
        {
            ParallelLoop.For(loaded.Length, Load);
        }
        else
        {
            for (int i = 0; i < loaded.Length; i++)
            {
                Load(i);
            }
        }

        List<Sample> samples = [.. loaded.SelectMany(slices => slices).Select(slice => slice.Sample)];
        volume.Complete();

        // Frames that are not used may have labels, and so may those of a file that is cut off.
        if (image is not { IsCompletedSuccessfully: true, Result.IsFaulted: true } && pair.Slices.All(slice => slice.Frames is null) && volume.CountUnseen() is > 0 and int unseen)
        {
            string planes = unseen == 1 ? "1 plane with labels does" : $"{unseen} planes with labels do";
            var problem = new LabelProblem(ErrorIds.LabelPlaneUnseen, LabelSeverity.Warning, $"{pair.LabelPath}: {planes} not match any of the {samples.Count} slices, so these labels are not used.", 0)
            {
                Advice = "Check that all slices of the series are in the folder.",
            };
            samples[0] = samples[0] with { Problems = [.. samples[0].Problems, problem] };
        }

        // A segmentation may leave out slices, but if it matches none of them it belongs to another series.
        if (loaded.Any(slices => slices.Exists(slice => slice.IsMatched)) || !samples.Exists(sample => sample.IsUsable))
        {
            return samples;
        }

        var outside = new LabelProblem(ErrorIds.LabelOutsideVolume, LabelSeverity.Error, $"{pair.LabelPath}: The segmentation has no frame at the position of any of the {samples.Count} slices.", 0)
        {
            Advice = "Check that it was drawn on this series.",
        };
        return [whole with { Problems = [outside] }];
    }

    private List<(Sample Sample, bool IsMatched)> LoadSlices(SeriesImage slice, Sample whole, LabelVolume volume, Task<ImageVolume>? opened, int? roiCount)
    {
        try
        {
            bool isVolume = ImageSource.IsVolume(slice.Path);
            var loaded = new List<(Sample, bool)>();
            if (isVolume && slice.Channels.Count < 2)
            {
                // Slices are read, labelled and prepared on all cores, if the labels allow it.
                ImageVolume image = opened is null ? ImageSource.OpenVolume(slice.Path, slice.Reading) : opened.GetAwaiter().GetResult();
                int count = image.Slices.Count;
                foreach (int[] batch in Enumerable.Range(0, count).Where(i => slice.Frames?.Contains(i + 1, count, slice.Path) ?? true).Chunk(volume.IsConcurrent ? count : s_batch))
                {
                    // A slice that is labelled and prepared at once leaves its memory to the next.
                    loaded.AddRange(LoadBatch(batch.Length, i => Label(slice, whole, volume, image.Read(batch[i], volume.IsConcurrent ? _buffers.Value : null)), volume.IsConcurrent, roiCount));
                }

                // No slice of a damaged file, since its damage may be anywhere.
                image.Complete();
                return loaded;
            }

            // Single files are spread over the cores as they are.
            IEnumerable<ImageSlice> images = UsedFrames.Filter(slice.Frames, ImageSource.Read(slice.Path, slice.Channels, slice.Reading, isVolume ? null : _buffers.Value), slice.Path);
            foreach (ImageSlice[] batch in images.Chunk(isVolume ? s_batch : 1))
            {
                loaded.AddRange(LoadBatch(batch.Length, i => Label(slice, whole, volume, batch[i]), isVolume && volume.IsConcurrent, roiCount));
            }

            return loaded;
        }
        catch (MedSegException e) when (e.Kind != ErrorKind.WriteFailed)
        {
            return [(Refuse(whole, e), false)];
        }
    }

    private (Sample Sample, bool IsMatched)[] LoadBatch(int count, Func<int, LabelledSlice> label, bool isConcurrent, int? roiCount)
    {
        var loaded = new (Sample, bool)[count];
        if (count == 1)
        {
            loaded[0] = Load(label(0), roiCount);
        }
        else if (isConcurrent)
        {
            ParallelLoop.InOrder(count, i => loaded[i] = Load(label(i), roiCount));
        }
        else
        {
            LabelledSlice[] slices = [.. Enumerable.Range(0, count).Select(label)];
            ParallelLoop.For(count, i => loaded[i] = Load(slices[i], roiCount));
        }

        return loaded;
    }

    private (Sample Sample, bool IsMatched) Load(LabelledSlice slice, int? roiCount) =>
        slice.Labels is { } labels ? (_slices.Load(slice.Sample, slice.Image, labels, roiCount), labels.IsMatched) : (slice.Sample, false);

    // Without labels if they cannot be used, which the sample says.
    private LabelledSlice Label(SeriesImage slice, Sample whole, LabelVolume volume, ImageSlice image)
    {
        NoteCut(image);
        Sample sample = Describe(whole, image) with { Name = FrameName.Of(slice.Name, image.Frame, image.Frames) };
        try
        {
            return new LabelledSlice(sample, image, volume.Slice(image with { StackNumber = slice.Number }));
        }
        catch (FileFormatException e)
        {
            return new LabelledSlice(Refuse(sample, e), image, null);
        }
    }

    private readonly record struct LabelledSlice(Sample Sample, ImageSlice Image, SliceLabels? Labels);
}
