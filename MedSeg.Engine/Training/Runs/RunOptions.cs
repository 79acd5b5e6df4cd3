namespace MedSeg.Training.Runs;

/// <summary>Where a run writes and how it starts.</summary>
public sealed record RunOptions
{
    /// <summary>Gets the folder of models and checkpoints.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the model's name, the beginning of its files' names.</summary>
    public string ModelName { get; init; } = "medseg";

    /// <summary>Gets the device: auto, cpu, cuda or cuda:n; or several with commas between them, which share each batch.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// Gets a value indicating whether cards may compute products of float32 with factors rounded to TF32, of which 10 bits of the
    /// mantissa are left. It holds for the whole process while the run trains.
    /// </summary>
    public bool AllowTF32 { get; init; }

    /// <summary>Gets a value indicating whether to go on from the newest checkpoint.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets a value indicating whether an existing model may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Gets the path of the model whose weights a new run begins with; null to draw them.</summary>
    public string? InitialModel { get; init; }

    /// <summary>Gets how many checkpoints are kept: the newest, and those before it.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Gets the time after which a checkpoint is written when an epoch ends, whatever the interval in epochs.</summary>
    public TimeSpan CheckpointTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets a value indicating whether TensorBoard's event files are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Gets the path of the trained model.</summary>
    public string ModelPath => Path.Combine(OutputPath, ModelName + ".safetensors");

    /// <summary>Gets the path of the newest checkpoint of a run that has not ended.</summary>
    public string CheckpointPath => Path.Combine(OutputPath, ModelName + ".checkpoint.safetensors");

    /// <summary>Gets the path of the checkpoint with the best validation Dice.</summary>
    public string BestPath => Path.Combine(OutputPath, ModelName + ".best.safetensors");

    /// <summary>Gets the path of the log, a JSON object a line.</summary>
    public string LogPath => Path.Combine(OutputPath, ModelName + ".log.jsonl");

    /// <summary>Gets the path of the file that tells the state of the run.</summary>
    public string StatusPath => Path.Combine(OutputPath, ModelName + RunStatus.Suffix);

    /// <summary>Gets the path of the file that a run locks.</summary>
    public string LockPath => Path.Combine(OutputPath, ModelName + ".lock");

    /// <summary>Gets the folder of TensorBoard's event files.</summary>
    public string TensorBoardPath => Path.Combine(OutputPath, "tensorboard", ModelName);

    /// <summary>Gets the bytes that are said to be free beside a step, so that any device is given batches as a card is; null for what there is.</summary>
    internal long? FreeForSlices { get; init; }

    /// <summary>Gets the path of an earlier checkpoint.</summary>
    /// <param name="age">0 for the newest, 1 for the one before it, and so on.</param>
    internal string CheckpointPathOf(int age) => age == 0 ? CheckpointPath : Path.Combine(OutputPath, $"{ModelName}.checkpoint-{age}.safetensors");
}
