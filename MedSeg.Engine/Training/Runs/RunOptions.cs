using System.Text.RegularExpressions;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Options;

namespace MedSeg.Training.Runs;

/// <summary>Where a run writes and how it starts.</summary>
public sealed partial record RunOptions
{
    /// <summary>The largest number of checkpoints that can be kept.</summary>
    public const int MaxKeepCheckpoints = 1000;

    /// <summary>The longest time in seconds that a rank may take to answer: a week.</summary>
    public const double MaxMpiTimeout = 7 * 24 * 3600;

    private const int LongestName = 100;

    /// <summary>Gets the folder of models and checkpoints.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the model's name; the names of its files start with it.</summary>
    public string ModelName { get; init; } = "medseg";

    /// <summary>Gets the device: auto, cpu, cuda or cuda:n; or several, separated by commas, which share each batch.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// Gets a value indicating whether GPUs may round the factors of float32 products to TF32, which has 10 bits of mantissa. It applies
    /// to the whole process while the run trains.
    /// </summary>
    public bool AllowTF32 { get; init; }

    /// <summary>Gets a value indicating whether to resume from the newest checkpoint.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets a value indicating whether an existing model may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Gets the path of the model whose weights a new run starts with; null for random weights.</summary>
    public string? InitialModel { get; init; }

    /// <summary>Gets the number of checkpoints that are kept, from 1 to 1000: the newest, and those before it.</summary>
    [OptionRange(1, MaxKeepCheckpoints)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Gets the time after which the end of an epoch writes a checkpoint even where the interval in epochs does not ask for one.</summary>
    public TimeSpan CheckpointTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets a value indicating whether TensorBoard's event files are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Gets whether the processes that a launcher such as mpirun started train together.</summary>
    public DistributedMode Distributed { get; init; }

    /// <summary>Gets the name or path of the MPI library; null to look for it.</summary>
    public string? MpiLibrary { get; init; }

    /// <summary>Gets the seconds that a rank may take to answer before the run ends; 0 waits for ever.</summary>
    [OptionRange(0, MaxMpiTimeout)]
    public double MpiTimeout { get; init; } = 1800;

    /// <summary>Gets the path of the trained model.</summary>
    public string ModelPath => Path.Combine(OutputPath, ModelName + ".safetensors");

    /// <summary>Gets the path of the newest checkpoint of a run that has not ended.</summary>
    public string CheckpointPath => Path.Combine(OutputPath, ModelName + ".checkpoint.safetensors");

    /// <summary>Gets the path of the checkpoint with the best validation Dice.</summary>
    public string BestPath => Path.Combine(OutputPath, ModelName + ".best.safetensors");

    /// <summary>Gets the path of the log, with one JSON object per line.</summary>
    public string LogPath => Path.Combine(OutputPath, ModelName + ".log.jsonl");

    /// <summary>Gets the path of the status file.</summary>
    public string StatusPath => Path.Combine(OutputPath, ModelName + RunStatus.Suffix);

    /// <summary>Gets the path of the file that a run locks.</summary>
    public string LockPath => Path.Combine(OutputPath, ModelName + ".lock");

    /// <summary>Gets the path of the file that asks a run to stop.</summary>
    internal string StopPath => Path.Combine(OutputPath, ModelName + ".stop");

    /// <summary>Gets the folder of TensorBoard's event files.</summary>
    public string TensorBoardPath => Path.Combine(OutputPath, "tensorboard", ModelName);

    /// <summary>
    /// Gets the number of bytes to treat as free for slices, so that any device is fed as a GPU is; null to ask the device. For tests.
    /// </summary>
    internal long? FreeForSlices { get; init; }

    /// <summary>Gets what connects the ranks in place of MPI; null for MPI. For tests.</summary>
    internal IRankTransport? Transport { get; init; }

    /// <summary>Checks that every option is in its range.</summary>
    /// <exception cref="MedSegException">A value is out of range, or the model name cannot be used (<c>OptionOutOfRange</c>).</exception>
    public void Validate()
    {
        OptionRanges.Require(this);
        if (FindProblem(ModelName) is { } problem)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionOutOfRange, $"-ModelName is '{ModelName}', but files are named after it: {problem}.")
            {
                Advice = "Use another -ModelName, such as spine-2.",
            };
        }
    }

    // The model would be the checkpoint of another.
    [GeneratedRegex(@"\.(best|checkpoint(-[0-9]+)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherFile();

    /// <summary>Checks whether a model can have a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>A clause that says what is wrong, without a full stop; null if nothing is.</returns>
    public static string? FindProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is 0 or > LongestName ? $"1 to {LongestName} characters are possible"
            : !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? "letters from A to Z, digits, '.', '_' and '-' are possible"
            : FileNames.FindProblem(name) ?? (OtherFile().IsMatch(name) ? "names that end with .best or .checkpoint are those of checkpoints" : null);
    }

    /// <summary>Gets the path of an earlier checkpoint.</summary>
    /// <param name="age">0 for the newest, 1 for the one before it, and so on.</param>
    internal string CheckpointPathOf(int age) => age == 0 ? CheckpointPath : Path.Combine(OutputPath, $"{ModelName}.checkpoint-{age}.safetensors");
}
