using System.Text.Json;
using System.Text.Json.Serialization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Training.Optimization;

namespace MedSeg.Training;

/// <summary>
/// The JSON that MedSeg's files hold as <c>medseg.state</c>: one object for checkpoints, models and ONNX files. Names and
/// order of the properties are the file format. The program uses <see cref="Checkpoint"/> and <see cref="ModelMetadata"/>.
/// </summary>
internal sealed record CheckpointState
{
    // The score of an ROI that no validation slice has is NaN, which plain JSON cannot hold.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public required int Epoch { get; init; }

    public required int StepInEpoch { get; init; }

    public required double LossSum { get; init; }

    public double DiceSum { get; init; }

    public long DiceCount { get; init; }

    public required long Steps { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GradientScale? GradientScale { get; init; }

    public required TrainingOptions Options { get; init; }

    public required IReadOnlyList<string> LabelNames { get; init; }

    public required int InputSize { get; init; }

    public required Normalization Normalization { get; init; }

    public required ResizeMode ResizeMode { get; init; }

    public double PixelSize { get; init; }

    public LabelResampling? LabelResampling { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ImageChannel>? Channels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ResampleChannels { get; init; }

    public required string Run { get; init; }

    public required int TrainingSlices { get; init; }

    public required int ValidationSlices { get; init; }

    public TrainingDataProfile? TrainingData { get; init; }

    public required IReadOnlyList<EpochRecord> History { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RoiPostProcessing>? PostProcessing { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConfidenceCalibration? Calibration { get; init; }

    public DateTime? Written { get; init; }

    public string? Software { get; init; }

    public string? Origin { get; init; }

    /// <summary>Makes the state of a checkpoint. Folder names stay behind: files are passed on to others.</summary>
    public static CheckpointState Of(Checkpoint checkpoint) => new()
    {
        Epoch = checkpoint.Epoch,
        StepInEpoch = checkpoint.StepInEpoch,
        LossSum = checkpoint.LossSum,
        DiceSum = checkpoint.DiceSum,
        DiceCount = checkpoint.DiceCount,
        Steps = checkpoint.Steps,
        GradientScale = checkpoint.GradientScale,
        Options = CheckpointPaths.WithoutFolders(checkpoint.Options),
        LabelNames = checkpoint.Description.LabelNames,
        InputSize = checkpoint.Description.Preprocessing.InputSize,
        Normalization = checkpoint.Description.Preprocessing.Normalization,
        ResizeMode = checkpoint.Description.Preprocessing.ResizeMode,
        PixelSize = checkpoint.Description.Preprocessing.PixelSize,
        LabelResampling = checkpoint.Description.Preprocessing.LabelResampling,
        Channels = ChannelsOf(checkpoint.Description.Preprocessing),
        ResampleChannels = checkpoint.Description.Preprocessing.ResampleChannels,
        Run = checkpoint.Run,
        TrainingSlices = checkpoint.TrainingSlices,
        ValidationSlices = checkpoint.ValidationSlices,
        TrainingData = checkpoint.TrainingData,
        History = WithoutFolders(checkpoint.History),
        PostProcessing = checkpoint.Description.PostProcessing,
        Calibration = checkpoint.Description.Calibration,
    };

    /// <summary>Makes the state of a model. For an imported one the format demands training options; they give its width.</summary>
    public static CheckpointState Of(ModelMetadata model) => new()
    {
        Epoch = model.Epoch,
        StepInEpoch = 0,
        LossSum = 0,
        Steps = model.Training?.Steps ?? 0,
        Options = CheckpointPaths.WithoutFolders(model.Training?.Options ?? OptionsOfImport(model)),
        LabelNames = model.Description.LabelNames,
        InputSize = model.Description.Preprocessing.InputSize,
        Normalization = model.Description.Preprocessing.Normalization,
        ResizeMode = model.Description.Preprocessing.ResizeMode,
        PixelSize = model.Description.Preprocessing.PixelSize,
        LabelResampling = model.Description.Preprocessing.LabelResampling,
        Channels = ChannelsOf(model.Description.Preprocessing),
        ResampleChannels = model.Description.Preprocessing.ResampleChannels,
        Run = model.Training?.Run ?? Guid.NewGuid().ToString("N"),
        TrainingSlices = model.Training?.TrainingSlices ?? 0,
        ValidationSlices = model.Training?.ValidationSlices ?? 0,
        TrainingData = model.Training?.TrainingData,
        History = WithoutFolders(model.Training?.History ?? []),
        PostProcessing = model.Description.PostProcessing,
        Calibration = model.Description.Calibration,
        Origin = model.Origin,
    };

    /// <summary>Reads a state, and checks every value that the program relies on.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException"><c>CheckpointInvalid</c>: a value is missing or out of range.</exception>
    public static CheckpointState FromJson(string json, string path)
    {
        try
        {
            CheckpointState state = JsonSerializer.Deserialize<CheckpointState>(json, s_json) ?? throw new JsonException();
            return CheckpointValidation.FindProblem(state) is { } problem
                ? throw Invalid(path, $"The training state in the file is invalid: {problem}.", null)
                : state with { History = state.History.Select(record => record with { LossFunction = state.Options.Loss }).ToArray() };
        }
        catch (JsonException e)
        {
            throw Invalid(path, "The training state in the file cannot be read.", e);
        }
    }

    /// <summary>Returns the text, with the time and the version of MedSeg.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        this with { Written = DateTime.UtcNow, Software = $"MedSeg {typeof(CheckpointState).Assembly.GetName().Version?.ToString(3)}" }, s_json);

    /// <summary>Returns what a run needs to resume.</summary>
    public Checkpoint ToCheckpoint() => new()
    {
        Epoch = Epoch,
        StepInEpoch = StepInEpoch,
        LossSum = LossSum,
        DiceSum = DiceSum,
        DiceCount = DiceCount,
        Steps = Steps,
        GradientScale = GradientScale,
        Options = Options,
        Description = Description(),
        Run = Run,
        TrainingSlices = TrainingSlices,
        ValidationSlices = ValidationSlices,
        TrainingData = TrainingData,
        History = History,
    };

    /// <summary>Returns what is known of the model.</summary>
    public ModelMetadata ToMetadata() => new()
    {
        Description = Description(),
        Epoch = Epoch,
        Training = Origin is not null ? null : new TrainingSummary
        {
            Run = Run,
            Steps = Steps,
            Options = Options,
            TrainingSlices = TrainingSlices,
            ValidationSlices = ValidationSlices,
            TrainingData = TrainingData,
            History = History,
        },
        Origin = Origin,
        Written = Written,
        Software = Software,
    };

    private static IReadOnlyList<ImageChannel>? ChannelsOf(Preprocessing preprocessing) => preprocessing.Channels.Count > 0 ? preprocessing.Channels : null;

    private ModelDescription Description() => new()
    {
        Data = new DataDescription
        {
            LabelNames = LabelNames,
            Preprocessing = new Preprocessing
            {
                InputSize = InputSize,
                Normalization = Normalization,
                ResizeMode = ResizeMode,
                PixelSize = PixelSize,
                Channels = Channels ?? [],
                ResampleChannels = ResampleChannels,

                // Files without it are older than Area. What other programs did is not known to be shifted.
                LabelResampling = LabelResampling ?? (Origin is null ? Imaging.LabelResampling.Nearest : Imaging.LabelResampling.Area),
            },
        },
        Architecture = Options.NetworkFor(InputShape.Of(Channels, InputSize), LabelNames.Count),
        PostProcessing = PostProcessing,
        Calibration = Calibration,
    };

    private static TrainingOptions OptionsOfImport(ModelMetadata model)
    {
        NetworkOptions network = model.Description.Architecture;
        bool isDefault = network.BaseWidth == NetworkOptions.DefaultWidth(network.Architecture, model.Description.Preprocessing.InputSize);
        return new TrainingOptions { Epochs = model.Epoch, Architecture = network.Architecture, BaseWidth = isDefault ? 0 : network.BaseWidth };
    }

    private static EpochRecord[] WithoutFolders(IReadOnlyList<EpochRecord> history) =>
        [.. history.Select(record => record with { CheckpointPath = null, ModelPath = null })];

    private static FileFormatException Invalid(string path, string finding, JsonException? cause) => new(ErrorIds.CheckpointInvalid, path, finding, null, cause)
    {
        Advice = "The file was damaged or edited. Copy it again, or use another checkpoint.",
    };
}
