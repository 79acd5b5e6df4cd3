using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Threading;

namespace MedSeg.Inference;

/// <summary>What happens to the output of a network: the post-processing of the model and of the options, and the temperature.</summary>
internal sealed class InferenceRules
{
    private readonly SegmentationModel _model;
    private readonly InferenceOptions _options;
    private readonly double _temperature;

    /// <summary>Initializes a new instance of the <see cref="InferenceRules"/> class.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options.</param>
    public InferenceRules(SegmentationModel model, InferenceOptions options)
    {
        _model = model;
        _options = options;
        _temperature = model.Description.Calibration?.Temperature ?? 1;
        PostProcessing = [.. Enumerable.Range(0, model.LabelNames.Count).Select(i => WithOptions(Own(i)))];
        ChangeMasks = PostProcessing.Any(rule => !rule.IsNone);
    }

    /// <summary>Gets the post-processing of the ROIs 1 to K.</summary>
    public IReadOnlyList<RoiPostProcessing> PostProcessing { get; }

    /// <summary>Gets a value indicating whether the post-processing can change a mask.</summary>
    public bool ChangeMasks { get; }

    /// <summary>Gets what applies the temperature to the confidence; null where it changes nothing.</summary>
    public ProbabilityRow? Calibrate => _temperature == 1 ? null : ApplyTemperature;

    /// <summary>Reports what the model does to its masks, and a switch that its training labels speak against.</summary>
    /// <param name="events">Receives the decision and the warning, or null.</param>
    public void Report(EngineEvents? events)
    {
        string[] own = [.. _model.LabelNames.Select((name, i) => (Name: name, Rule: Own(i))).Where(roi => !roi.Rule.IsNone).Select(roi => $"{roi.Name}: {roi.Rule}")];
        if (own.Length > 0)
        {
            events?.Decision?.Invoke($"{_model.Path}: The post-processing in the model is applied: {string.Join("; ", own)}. -SkipPostProcessing leaves it out.");
        }

        if (_options.KeepLargestComponent && _model.TrainingData?.RoiParts is { } parts)
        {
            string[] divided = [.. parts.Zip(_model.LabelNames).Where(roi => roi.First.InSeveralParts > 0).Select(roi => Describe(roi.First, roi.Second))];
            if (divided.Length > 0)
            {
                events?.Warning?.Invoke($"{_model.Path}: -KeepLargestComponent removes parts that belong to an ROI. In the training labels, {string.Join("; ", divided)}. Find-MedSegPostProcessing measures whether it helps.");
            }
        }
    }

    private static string Describe(RoiPartCount parts, string name) => $"'{name}' is in several parts in {parts.InSeveralParts} of {parts.Slices} slices";

    private RoiPostProcessing Own(int index) =>
        _options.SkipPostProcessing || _model.Description.PostProcessing is not { } rules ? RoiPostProcessing.None : rules[index];

    private RoiPostProcessing WithOptions(RoiPostProcessing own) => own with
    {
        LargestComponent = own.LargestComponent || _options.KeepLargestComponent,
        FillHoles = own.FillHoles || _options.FillHoles,
    };

    // Only the confidence of ROIs is ever reported, so background keeps its probability.
    private void ApplyTemperature(int row, ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> mask, Span<float> confidence)
    {
        Span<float> pixel = stackalloc float[probabilities.Length / mask.Length];
        for (int x = 0; x < mask.Length; x++)
        {
            if (mask[x] != 0)
            {
                for (int channel = 0; channel < pixel.Length; channel++)
                {
                    pixel[channel] = probabilities[(channel * mask.Length) + x];
                }

                confidence[x] = (float)TemperatureScaling.Scale(pixel, mask[x], _temperature);
            }
        }
    }
}
