using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Training.Optimization;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>
/// The state of a run, which its checkpoint holds together with the weights and Adam's moments. A run that resumes from it
/// continues as if it had never stopped.
/// </summary>
internal sealed record Checkpoint
{
    /// <summary>Gets the number of finished epochs.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the number of finished steps in the current epoch.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Gets the sum of the losses of those steps, weighted by their slices.</summary>
    public required double LossSum { get; init; }

    /// <summary>Gets the sum of the Dice scores of the ROIs in those steps.</summary>
    public double DiceSum { get; init; }

    /// <summary>Gets the number of those scores.</summary>
    public long DiceCount { get; init; }

    /// <summary>Gets the number of Adam's steps since the start of the run.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets what the loss is multiplied by in float16; null with other precisions.</summary>
    public GradientScale? GradientScale { get; init; }

    /// <summary>Gets the options. Read from a file, <see cref="TrainingOptions.FoldPath"/> is the name of the file without its folder.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Gets the description of the model that is trained.</summary>
    public required ModelDescription Description { get; init; }

    /// <summary>Gets the identity of the run, which stays the same when it is resumed.</summary>
    public required string Run { get; init; }

    /// <summary>Gets the number of training slices.</summary>
    public required int TrainingSlices { get; init; }

    /// <summary>Gets the number of validation slices.</summary>
    public required int ValidationSlices { get; init; }

    /// <summary>Gets the profile of the training slices; null in files written before it was recorded.</summary>
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the records of the finished epochs.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Makes the state of a new run.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The options.</param>
    /// <param name="split">The samples for training and for validation.</param>
    /// <param name="cancellationToken">Stops the work: all training slices are looked at.</param>
    public static Checkpoint Start(Dataset dataset, TrainingOptions options, PatientSplit split, CancellationToken cancellationToken = default) => new()
    {
        Epoch = 0,
        StepInEpoch = 0,
        LossSum = 0,
        Steps = 0,
        Options = options,
        Description = new ModelDescription
        {
            Data = dataset.Description,
            Architecture = options.NetworkFor(dataset.Preprocessing.Shape, dataset.LabelNames.Count),
        },
        Run = Guid.NewGuid().ToString("N"),
        TrainingSlices = split.Training.Count,
        ValidationSlices = split.Validation.Count,
        TrainingData = TrainingDataProfile.Of(split.Training, dataset.InputSize, cancellationToken),
        History = [],
    };

    /// <summary>Reads a checkpoint or model, and checks the checksum and that all numbers are finite.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The state and the tensors.</returns>
    /// <exception cref="MedSegException">The file cannot be read, is not MedSeg's, is damaged or invalid.</exception>
    public static (Checkpoint State, SafetensorsFile File) Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Checkpoint state = CheckpointFile.ReadState(file, path).ToCheckpoint();
        FiniteWeights.Require(file.Tensors, path);
        return (state, file);
    }

    /// <summary>Makes the content of a checkpoint, from which a run can resume. Weights and moments are read when it is written.</summary>
    public SafetensorsContent ToCheckpoint(NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average = null) =>
        CheckpointFile.Make(
            CheckpointState.Of(this),
            [
                .. parameters.Entries(parameters.Values),
                .. parameters.Entries(optimizer.FirstMoment, CheckpointFile.FirstPrefix),
                .. parameters.Entries(optimizer.SecondMoment, CheckpointFile.SecondPrefix),
                .. average is null ? [] : parameters.Entries(average.Values, CheckpointFile.AveragePrefix),
            ]);

    /// <summary>Makes the content of a model: the weights, averaged if there is an average, without what only training needs.</summary>
    public SafetensorsContent ToModel(NetworkParameters parameters, WeightAverage? average = null) =>
        CheckpointFile.Make(CheckpointState.Of(this with { GradientScale = null }), [.. parameters.Entries(average?.Values ?? parameters.Values)]);

    /// <summary>Makes the content of a model from a checkpoint's tensors.</summary>
    public SafetensorsFile ToModel(SafetensorsFile checkpoint) =>
        CheckpointFile.Make(CheckpointState.Of(this with { GradientScale = null }), CheckpointFile.Weights(checkpoint));

    /// <summary>Fills network and optimizer from a checkpoint's tensors.</summary>
    /// <exception cref="FileFormatException">A tensor is missing or of another shape.</exception>
    public static void Restore(SafetensorsFile file, string path, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average = null)
    {
        parameters.Load(file.Tensors, path);
        parameters.LoadInto(optimizer.FirstMoment, file.Tensors, path, CheckpointFile.FirstPrefix);
        parameters.LoadInto(optimizer.SecondMoment, file.Tensors, path, CheckpointFile.SecondPrefix);
        if (average is not null)
        {
            parameters.LoadInto(average.Values, file.Tensors, path, CheckpointFile.AveragePrefix);
        }
    }
}
