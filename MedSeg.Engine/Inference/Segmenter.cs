using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Pictures;
using MedSeg.Threading;

namespace MedSeg.Inference;

/// <summary>Segments new images with a trained model, batch by batch: memory does not grow with their number.</summary>
public sealed class Segmenter : IDisposable
{
    private readonly SegmentationModel _model;
    private readonly SegmentationOptions _options;
    private readonly SegmentationObserver? _observer;
    private readonly ScanReader _reader = new();
    private readonly Func<ISegmentationBackend> _createBackend;
    private ISegmentationBackend? _backend;
    private float[] _images = [];
    private float[] _probabilities = [];

    /// <summary>Initializes a new instance of the <see cref="Segmenter"/> class: reads the model.</summary>
    /// <param name="modelPath">The absolute path of the model, or of a checkpoint.</param>
    /// <param name="options">How to segment, and where to write.</param>
    /// <param name="observer">Is told how it goes, or null.</param>
    /// <exception cref="MedSegException">The model cannot be read or used.</exception>
    public Segmenter(string modelPath, SegmentationOptions options, SegmentationObserver? observer = null)
        : this(SegmentationModel.Read(modelPath), options, observer, createBackend: null)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="Segmenter"/> class with another way to compute.</summary>
    internal Segmenter(SegmentationModel model, SegmentationOptions options, SegmentationObserver? observer, Func<ISegmentationBackend>? createBackend)
    {
        _model = model;
        _options = options;
        _observer = observer;
        _ = InferenceBackendFactory.Settle(model, options.Backend);
        _createBackend = createBackend ?? (() => InferenceBackendFactory.Open(model, options, observer?.Decision));
    }

    /// <summary>Segments images and writes their masks.</summary>
    /// <param name="paths">Absolute paths of DICOM files and of folders of them.</param>
    /// <param name="recurse">Whether to look into the folders within folders.</param>
    /// <param name="cancellationToken">Stops after the batch.</param>
    /// <returns>A record for each slice, series by series, in the order of positions.</returns>
    /// <exception cref="MedSegException">A result exists already, cannot be written, or the device failed.</exception>
    public IEnumerable<SegmentedSlice> Run(IEnumerable<string> paths, bool recurse = false, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ScanSeries> found = ScanFinder.Find(paths, recurse, _observer?.Error);
        OutputPaths.RequireFree(found, _options);
        int total = found.Sum(s => s.Slices.Count);
        int done = 0;
        _observer?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{total} slices of {found.Count} series, model of {_model.LabelNames.Count} ROIs at {_model.Architecture.InputSize} × {_model.Architecture.InputSize} pixels."));
        if (_model.TrainingData is null && total > 0)
        {
            _observer?.Warning?.Invoke($"{_model.Path}: the model does not say what its training images look like, so it is not checked whether these are like them. Models that are trained from now on say so.");
        }

        foreach (ScanSeries series in found)
        {
            foreach (SegmentedSlice slice in RunSeries(series, batch => _observer?.Progress?.Invoke(new WorkProgress(done += batch, total)), cancellationToken))
            {
                yield return slice;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _backend?.Dispose();

    private IEnumerable<SegmentedSlice> RunSeries(ScanSeries series, Action<int> progress, CancellationToken cancellationToken)
    {
        using IMaskWriter? writer = OpenWriter(series);
        if (writer is null)
        {
            progress(series.Slices.Count);
            yield break;
        }

        var warnings = new SeriesWarnings(series, _options.Format);
        var held = new List<SegmentedSlice>();
        bool isWhole = true;
        for (int first = 0; first < series.Slices.Count; first += _options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SourceSlice[] batch = [.. series.Slices.Skip(first).Take(_options.BatchSize)];
            (SegmentedSlice[] slices, bool complete) = RunBatch(series, batch, writer);
            isWhole &= complete;
            progress(batch.Length);
            foreach (SegmentedSlice slice in slices)
            {
                warnings.Add(slice);
                if (writer.IsVolume)
                {
                    held.Add(slice);
                }
                else
                {
                    yield return slice;
                }
            }

            if (writer.IsVolume && !isWhole)
            {
                string path = OutputPaths.Of(series.Name, _options);
                _observer?.Error?.Invoke(new MedSegException(ErrorKind.InvalidData, "SeriesIncomplete", $"{path}: not written, since a slice of the series cannot be used. Repair or remove it, or use -Format Png.", path));
                progress(series.Slices.Count - first - batch.Length);
                yield break;
            }
        }

        warnings.Tell(_observer?.Warning);
        writer.Finish();
        foreach (SegmentedSlice slice in held)
        {
            yield return slice;
        }
    }

    private IMaskWriter? OpenWriter(ScanSeries series)
    {
        try
        {
            return MaskWriters.Open(series, _options, _model);
        }
        catch (MedSegException e) when (e.Kind == ErrorKind.InvalidData)
        {
            _observer?.Error?.Invoke(e);
            return null;
        }
    }

    private (SegmentedSlice[] Slices, bool IsComplete) RunBatch(ScanSeries series, SourceSlice[] batch, IMaskWriter writer)
    {
        int plane = _model.Architecture.InputSize * _model.Architecture.InputSize;
        int channels = _model.LabelNames.Count + 1;
        Array.Resize(ref _images, _options.BatchSize * plane);
        Array.Resize(ref _probabilities, _options.BatchSize * channels * plane);
        PreparedSlice[] ready = Prepare(batch, plane);
        if (ready.Length == 0)
        {
            return ([], false);
        }

        Compute(ready.Length, channels);
        var results = new (SegmentedSlice Slice, byte[] Mask)[ready.Length];
        Rethrow(() => Parallel.For(0, ready.Length, i => results[i] = Decide(series, ready[i], i, channels)));
        if (writer.IsVolume)
        {
            for (int i = 0; i < ready.Length; i++)
            {
                results[i].Slice = results[i].Slice with { MaskPath = writer.Write(ready[i].Slice, ready[i].Image, results[i].Mask) };
            }
        }
        else
        {
            Rethrow(() => Parallel.For(0, ready.Length, i => results[i].Slice = results[i].Slice with { MaskPath = writer.Write(ready[i].Slice, ready[i].Image, results[i].Mask) }));
        }

        return (Array.ConvertAll(results, r => r.Slice), ready.Length == batch.Length);
    }

    private PreparedSlice[] Prepare(SourceSlice[] batch, int plane)
    {
        var prepared = new PreparedSlice?[batch.Length];
        var errors = new MedSegException?[batch.Length];
        Parallel.For(0, batch.Length, i =>
        {
            try
            {
                prepared[i] = PreparedSlice.Read(batch[i], _reader, _model, _options.Overlay, _images.AsSpan(i * plane, plane));
            }
            catch (MedSegException e)
            {
                errors[i] = e;
            }
        });

        // What cannot be used leaves no gap in the batch.
        int count = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            if (prepared[i] is { } slice)
            {
                _images.AsSpan(i * plane, plane).CopyTo(_images.AsSpan(count * plane));
                prepared[count++] = slice;
            }
            else
            {
                _observer?.Error?.Invoke(errors[i]!);
            }
        }

        return [.. prepared.Take(count).Select(slice => slice!)];
    }

    private void Compute(int count, int channels)
    {
        _backend ??= _createBackend();
        int size = _model.Architecture.InputSize;
        Inferer.Compute(_backend, _images, count, size, channels, _probabilities, _options.TestTimeAugmentation);
    }

    private (SegmentedSlice Slice, byte[] Mask) Decide(ScanSeries series, PreparedSlice prepared, int index, int channels)
    {
        (SourceSlice slice, DicomImage image) = (prepared.Slice, prepared.Image);
        int size = _model.Architecture.InputSize;
        byte[] mask = new byte[image.Rows * image.Columns];
        float[] confidence = new float[mask.Length];
        ProbabilityResampler.Restore(_probabilities.AsSpan(index * channels * size * size), channels, size, mask, confidence, image.Rows, image.Columns, _model.ResizeMode);
        byte[] before = mask;
        if (_options.KeepLargestComponent || _options.FillHoles)
        {
            mask = [.. mask];
            MaskPostprocessing.Clean(mask, image.Columns, _options);
        }

        SegmentedRoi[] rois = MaskMeasure.Measure(mask, before, confidence, image.Columns, image.Spacing, _model.LabelNames);
        SliceFlags flags = Array.Exists(rois, r => r.TouchesBorder) ? SliceFlags.TouchesBorder : SliceFlags.None;
        flags |= Array.TrueForAll(rois, r => r.Pixels == 0) ? SliceFlags.Empty : SliceFlags.None;
        flags |= prepared.Differences.Count > 0 ? SliceFlags.UnlikeTraining : SliceFlags.None;
        return (new SegmentedSlice
        {
            Name = slice.Name,
            Series = series.Name,
            ImagePath = slice.Path,
            Frame = slice.Frame + 1,
            OverlayPath = Draw(prepared, mask),
            Rows = image.Rows,
            Columns = image.Columns,
            Spacing = image.Spacing,
            Location = slice.Location,
            Rois = rois,
            Confidence = rois.Average(r => r.Confidence),
            Flags = flags,
            Differences = prepared.Differences,
        }, mask);
    }

    private string? Draw(PreparedSlice prepared, byte[] mask)
    {
        if (prepared.Grey is not { } grey)
        {
            return null;
        }

        string path = OutputPaths.OfOverlay(prepared.Slice.Name, _options);
        AtomicFile.Write(path, stream => OverlayPicture.Write(stream, grey, mask, prepared.Image.Columns));
        return path;
    }

    private static void Rethrow(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException e) when (e.InnerException is MedSegException error)
        {
            throw error;
        }
    }
}
