using System.Globalization;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Inventory;
using MedSeg.Options;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Inference;

/// <summary>
/// Segments images with a trained model: images in memory, files without writing anything, or whole folders into mask files.
/// </summary>
/// <remarks>
/// The model is read once, by the constructor; torch or ONNX Runtime is loaded with the first batch. Work goes batch by batch, so memory
/// does not grow with the number of images. One instance must not be used by several threads at once.
/// </remarks>
public sealed class Segmenter : IDisposable
{
    private readonly SegmentationModel _model;
    private readonly string[] _paths;
    private readonly BatchInference _inference;
    private readonly ImageReading _reading;
    private readonly bool _isAxisOfModel;

    /// <summary>Reads a model.</summary>
    /// <param name="modelPath">The absolute path of the model, a checkpoint, or an ONNX file that MedSeg exported.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <exception cref="MedSegException">The model cannot be read or used, or an option is out of range.</exception>
    public Segmenter(string modelPath, InferenceOptions? options = null)
        : this(ModelEnsemble.Read([modelPath]), options ?? new InferenceOptions(), openBackend: null)
    {
    }

    /// <summary>Uses models that were read, and another backend than that of the options if one is given.</summary>
    internal Segmenter(ModelEnsemble models, InferenceOptions options, Func<ISegmentationBackend>? openBackend)
    {
        OptionRanges.Require(options);
        foreach (SegmentationModel model in models.Models)
        {
            _ = InferenceBackendFactory.Settle(model, options.Computing);
        }

        _model = models.First;
        _paths = [.. models.Models.Select(model => model.Path)];
        options.Reading.Require();
        _isAxisOfModel = options.SliceAxis == SliceAxis.Auto && _model.TrainingData?.SliceAxis is not null;
        _reading = options.Reading with { Channels = ModelChannels.Resolve(_model, options.Channels), ResampleChannels = options.ResampleChannels || _model.Description.Preprocessing.ResampleChannels };
        _reading = _isAxisOfModel ? _reading with { Axis = _model.TrainingData!.SliceAxis!.Value } : _reading;
        _inference = new BatchInference(_model, options, events => openBackend?.Invoke() ?? models.Open(options.Computing, events));
    }

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public IReadOnlyList<string> LabelNames => _model.LabelNames;

    /// <summary>Reads several models that segment together: their probabilities are averaged.</summary>
    /// <param name="modelPaths">The absolute paths, at least one. New images are compared with the training images of the first model.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <exception cref="MedSegException">
    /// A model cannot be read or used, the models have other ROIs or another preprocessing (<c>ModelsDiffer</c>), or an option is out of
    /// range.
    /// </exception>
    public static Segmenter ForEnsemble(IReadOnlyList<string> modelPaths, InferenceOptions? options = null) =>
        new(ModelEnsemble.Read(modelPaths), options ?? new InferenceOptions(), openBackend: null);

    /// <summary>Segments an image in memory.</summary>
    /// <param name="image">The image, at its own size.</param>
    /// <returns>The mask, at the same size.</returns>
    /// <exception cref="ArgumentException">The number of pixels is not rows × columns.</exception>
    /// <exception cref="MedSegException">The image cannot be used (<c>ImageNotFinite</c>, <c>WindowMissing</c>), or the device failed.</exception>
    public SliceMask Segment(SliceImage image) => Segment([image]).Single();

    /// <summary>Segments images in memory, a batch at a time while the results are enumerated.</summary>
    /// <param name="images">The images, at their own sizes.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The masks, in the order of the images.</returns>
    /// <exception cref="ArgumentException">The number of pixels of an image is not rows × columns.</exception>
    /// <exception cref="MedSegException">An image cannot be used (<c>ImageNotFinite</c>, <c>WindowMissing</c>), or the device failed.</exception>
    public IEnumerable<SliceMask> Segment(IEnumerable<SliceImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Compute(images, cancellationToken);
    }

    /// <summary>Segments the frames of a DICOM file or the slices of a volume in memory; nothing is written.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The masks, in the order of the frames.</returns>
    /// <exception cref="MedSegException">The file cannot be read or used, or the device failed.</exception>
    public IEnumerable<SliceMask> SegmentFile(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DataFiles? channels = _reading.Channels.Count > 0 ? DataFiles.OfFiles([path], _reading.Channels, events: null, cancellationToken) : null;
        string name = channels?.Paths.First().Key ?? DataFiles.NameOfImage(path);
        return Compute(ImageSource.Read(path, channels?.ChannelsOf(channels.Paths.First().Value) ?? [], _reading).Select(slice => SliceImage.Of(slice, FrameName.Of(name, slice.Frame, slice.Frames))), cancellationToken);
    }

    /// <summary>Segments images and writes their masks.</summary>
    /// <param name="paths">Absolute paths of DICOM files and volumes, and of folders of them.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="events">Receives progress, warnings, and errors of single files, after which the others are segmented; or null.</param>
    /// <param name="cancellationToken">Stops the search for images, or before the next batch.</param>
    /// <returns>A record for each slice, series by series, sorted by position.</returns>
    /// <exception cref="MedSegException">A result exists already or cannot be written, or the device failed.</exception>
    public IEnumerable<SegmentedSlice> Run(IEnumerable<string> paths, MaskOutput output, bool recurse = false, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(output);
        return Write(paths.Select(path => new ScanInput(path)), output, recurse, events, cancellationToken);
    }

    /// <summary>Segments series of an inventory and writes their masks, named by their paths in the folder that was searched.</summary>
    /// <param name="series">The series; each is segmented as one, whatever its headers say.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="events">Receives progress, warnings, and errors of single files, after which the others are segmented; or null.</param>
    /// <param name="cancellationToken">Stops the search for images, or before the next batch.</param>
    /// <returns>A record for each slice, series by series, sorted by position.</returns>
    /// <exception cref="MedSegException">A result exists already or cannot be written, or the device failed.</exception>
    public IEnumerable<SegmentedSlice> RunSeries(IEnumerable<SeriesInfo> series, MaskOutput output, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(output);
        return Write(ScanInput.Of(series), output, recurse: false, events, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _inference.Dispose();

    private IEnumerable<SliceMask> Compute(IEnumerable<SliceImage> images, CancellationToken cancellationToken)
    {
        foreach (SliceImage[] batch in images.Chunk(_inference.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var prepared = new PreparedImage[batch.Length];
            var masks = new SliceMask[batch.Length];
            _inference.Reserve(batch.Length);
            foreach ((int i, SliceImage image) in batch.Select((image, i) => (i, image)))
            {
                prepared[i] = PreparedImage.Of(image.Copy(), image.Name, image.Name, _model, keepIntensities: false, _inference.Input(i));
            }

            _inference.Compute(batch.Length, events: null);
            ParallelLoop.For(batch.Length, i => masks[i] = SliceMask.Of(prepared[i], _inference.Restore(i, prepared[i].Geometry, prepared[i].Spacing), _model), cancellationToken);
            foreach (SliceMask mask in masks)
            {
                yield return mask;
            }
        }
    }

    private string? AxisWarning() => !_isAxisOfModel && _model.TrainingData?.SliceAxis is { } trained && trained != _reading.Axis && SliceAxes.IsOfPatient(trained) && SliceAxes.IsOfPatient(_reading.Axis)
        ? $"{_model.Path}: The model was trained on {trained.ToString().ToLowerInvariant()} slices, but -SliceAxis is {_reading.Axis}."
        : null;

    private static IReadOnlyList<ScanSeries> ShareOf(IReadOnlyList<ScanSeries> all, MaskOutput output, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (output.Share is not { } share)
        {
            return all;
        }

        IReadOnlyList<ScanSeries> mine = share.Of(all);
        events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Part {share.Part} of {share.Parts}: {mine.Count} of {all.Count} series, {mine.Sum(s => s.Slices.Count)} of {all.Sum(s => s.Slices.Count)} slices."));
        if (output.Force)
        {
            return mine;
        }

        IReadOnlyList<ScanSeries> rest = OutputPaths.Unfinished(mine, output, cancellationToken);
        var names = rest.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (ScanSeries series in mine.Where(s => !names.Contains(s.Name)))
        {
            events?.Decision?.Invoke($"{series.Name}: skipped, because its masks exist.");
        }

        int slices = mine.Where(s => names.Contains(s.Name)).Sum(s => s.Slices.Count) - rest.Sum(s => s.Slices.Count);
        if (slices > 0)
        {
            events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{(slices == 1 ? "1 slice of a series that was interrupted is" : $"{slices} slices of series that were interrupted are")} skipped, because their masks exist."));
        }

        return rest;
    }

    private IEnumerable<SegmentedSlice> Write(IEnumerable<ScanInput> inputs, MaskOutput output, bool recurse, EngineEvents? events, CancellationToken cancellationToken)
    {
        output.Share?.Validate();
        IReadOnlyList<ScanSeries> found = ShareOf(CallerEvents.Run((reports, stop) => ScanFinder.Find(inputs, recurse, _reading, reports, stop), events, cancellationToken), output, events, cancellationToken);
        MaskOutput mustBeFree = output.Share is null ? output : output with { Overlay = false };
        OutputPaths.RequireFree(found, mustBeFree, cancellationToken);
        LabelTableFiles.RequireFree(output, _model.LabelNames);
        using OutputClaim? claim = OutputClaim.Take(found, mustBeFree, cancellationToken);
        int total = found.Sum(s => s.Slices.Count);
        int done = 0;
        int size = _model.Architecture.InputSize;
        events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{total} slices of {found.Count} series; model of {_model.LabelNames.Count} ROIs at {size} × {size} pixels."));
        foreach (ScanVolume volume in found.Select(series => series.Slices[0].Volume).OfType<ScanVolume>())
        {
            events?.Decision?.Invoke($"{volume.Header.Path}: {volume.Slices.Describe(_isAxisOfModel ? "as the volumes that the model was trained on" : null)}.");
        }

        if (AxisWarning() is { } warning && found.Any(series => series.Slices[0].Volume is not null))
        {
            events?.Warning?.Invoke(warning);
        }

        if (found.Select(series => series.Slices[0].Volume?.Header).FirstOrDefault(header => header is { HasNoDirections: true }) is { } plain)
        {
            events?.Warning?.Invoke($"{plain.Path}: {plain.Format} states no directions: slices of such volumes are segmented as they are stored, and may be mirrored. If left and right matter, save them as NIfTI with their directions.");
        }

        if (_model.TrainingData is null && total > 0)
        {
            events?.Warning?.Invoke($"{_model.Path}: The model does not describe its training images, so new images cannot be compared with them. Models trained with this version of MedSeg do.");
        }

        var segmenter = new SeriesSegmenter(_model, _paths, _inference, output, _reading, events);
        foreach (ScanSeries series in found)
        {
            foreach (SegmentedSlice slice in segmenter.Run(series, slices => events?.Progress?.Invoke(new WorkProgress(done += slices, total)), cancellationToken))
            {
                yield return slice;
            }
        }
    }
}
