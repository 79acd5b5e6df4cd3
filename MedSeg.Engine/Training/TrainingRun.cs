namespace MedSeg.Training;

/// <summary>Where a run writes and how it starts.</summary>
public sealed record TrainingRun
{
    /// <summary>Gets the folder of models and checkpoints.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the model's name, the beginning of its files' names.</summary>
    public string ModelName { get; init; } = "medseg";

    /// <summary>Gets the device: auto, cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Gets a value indicating whether to go on from the newest checkpoint.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets a value indicating whether an existing model may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Gets the path of the trained model.</summary>
    public string ModelPath => Path.Combine(OutputPath, ModelName + ".safetensors");

    /// <summary>Gets the path of the newest checkpoint of a run that has not ended.</summary>
    public string CheckpointPath => Path.Combine(OutputPath, ModelName + ".checkpoint.safetensors");
}
