using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Inference;

/// <summary>
/// Runs a model on batches of prepared slices, for segmentation and for evaluation: write the inputs, compute, then read the masks. The
/// buffers are reused from batch to batch.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">The options.</param>
/// <param name="openBackend">Opens the backend; called before the first batch is computed.</param>
internal sealed class BatchInference(SegmentationModel model, InferenceOptions options, Func<EngineEvents?, ISegmentationBackend> openBackend) : IDisposable
{
    private readonly InputShape _shape = model.Description.Preprocessing.Shape;
    private readonly int _channels = model.LabelNames.Count + 1;
    private readonly InferenceRules _rules = new(model, options);
    private ISegmentationBackend? _backend;
    private float[] _images = [];
    private float[] _probabilities = [];

    // What a network learned from labels that were resized by nearest neighbour is moved back, unless the user wants it as it is.
    private LabelResampling LabelResampling => options.KeepLabelShift ? LabelResampling.Area : model.Description.Preprocessing.LabelResampling;

    /// <summary>Gets the number of slices of a full batch.</summary>
    public int BatchSize => options.BatchSize;

    /// <summary>Makes room for a batch.</summary>
    /// <param name="count">The number B of slices.</param>
    public void Reserve(int count)
    {
        if (_images.Length < count * _shape.Length)
        {
            _images = new float[count * _shape.Length];
            _probabilities = new float[count * _channels * _shape.Plane];
        }
    }

    /// <summary>Returns the buffer of a slice's input.</summary>
    /// <param name="index">The slice's index in the batch, from 0.</param>
    /// <returns>The input to write, [C, S, S].</returns>
    public Span<float> Input(int index) => _images.AsSpan(index * _shape.Length, _shape.Length);

    /// <summary>Computes the probabilities of the first slices of the batch.</summary>
    /// <param name="count">The number B of slices.</param>
    /// <param name="events">Receives the choice of the backend, or null.</param>
    /// <exception cref="MedSegException">The backend cannot be opened, or the device failed.</exception>
    public void Compute(int count, EngineEvents? events)
    {
        if (_backend is null)
        {
            _backend = openBackend(events);
            _rules.Report(events);
            if (LabelResampling == LabelResampling.Nearest)
            {
                events?.Decision?.Invoke(
                    $"{model.Path}: The labels of this model were resized by nearest neighbour, which moved them by up to half a pixel. Masks are moved back; -KeepLabelShift leaves them where they are.");
            }
        }

        if (options.TestTimeAugmentation)
        {
            TestTimeAugmenter.Run(_backend, _images, count, _shape, _channels, _probabilities);
        }
        else
        {
            _backend.Run(_images, count, _probabilities);
        }
    }

    /// <summary>Turns the probabilities of a slice into its mask; several threads may do so at once.</summary>
    /// <param name="index">The slice's index in the batch, from 0.</param>
    /// <param name="geometry">How the slice was resized.</param>
    /// <param name="spacing">The distance between its pixels; null where it is unknown.</param>
    /// <param name="visit">Receives the probabilities of each row; null to apply the model's temperature to the confidence instead.</param>
    /// <returns>The mask, [rows, columns].</returns>
    public RestoredMask Restore(int index, ResizeGeometry geometry, PixelSpacing? spacing, ProbabilityRow? visit = null)
    {
        byte[] predicted = new byte[geometry.SourceRows * geometry.SourceColumns];
        float[] confidence = new float[predicted.Length];
        ReadOnlySpan<float> probabilities = _probabilities.AsSpan(index * _channels * _shape.Plane, _channels * _shape.Plane);
        ProbabilityResampler.Restore(probabilities, _channels, geometry, LabelResampling, predicted, confidence, visit ?? _rules.Calibrate);
        byte[] mask = _rules.ChangeMasks ? [.. predicted] : predicted;
        MaskPostprocessing.Clean(mask, geometry.SourceColumns, _rules.PostProcessing, spacing?.PixelArea);
        return new RestoredMask(mask, predicted, confidence);
    }

    /// <inheritdoc/>
    public void Dispose() => _backend?.Dispose();
}
