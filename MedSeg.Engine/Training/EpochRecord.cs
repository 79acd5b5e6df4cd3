using System.Text.Json.Serialization;
using MedSeg.Network.Losses;
using MedSeg.Wording;

namespace MedSeg.Training;

/// <summary>The result of one training epoch.</summary>
public sealed record EpochRecord
{
    /// <summary>Gets the epoch's number, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the number of epochs that the run will have.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gets the mean training loss over the epoch; from 0 (best) to 2 for the Dice losses, without an upper limit with cross-entropy.</summary>
    public required double Loss { get; init; }

    /// <summary>
    /// Gets the mean Dice score of the training slices over the epoch, from 0 to 1, for every loss: of the probabilities, for augmented
    /// slices at the network's input size. An ROI that is neither in the labels of a slice nor found there does not count.
    /// </summary>
    public required double Dice { get; init; }

    /// <summary>Gets the mean over the ROIs of <see cref="ValidationDiceByRoi"/>; null where this epoch was not validated.</summary>
    public double? ValidationDice { get; init; }

    /// <summary>
    /// Gets the Dice score of each ROI on the slices of held-out patients, in the order of the ROIs; null where this
    /// epoch was not validated.
    /// </summary>
    public IReadOnlyList<RoiScore>? ValidationDiceByRoi { get; init => field = ItemList<RoiScore>.Of(value); }

    /// <summary>Gets the learning rate that the epoch used.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the number of training slices processed per second.</summary>
    public required double SlicesPerSecond { get; init; }

    /// <summary>Gets the epoch's duration, validation included, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Gets the peak memory in bytes. On the CPU: the peak of the process so far. On a CUDA GPU: the most that all programs together
    /// used of the GPU's memory, sampled at the end of each epoch of this run; torch does not return memory, so this is close to the
    /// run's peak. Null where the driver does not report it.
    /// </summary>
    public long? PeakMemory { get; init; }

    /// <summary>Gets the device, for example cpu, cuda:0, or cuda:0,cuda:1.</summary>
    public required string Device { get; init; }

    /// <summary>Gets the path of the checkpoint that was written after this epoch, or null.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Gets the path of the trained model; null until the last epoch.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Gets the loss function that was trained; null where it is not known. Files have it among the options.</summary>
    [JsonIgnore]
    public LossFunction? LossFunction { get; init; }

    /// <summary>Gets the epochs of earlier sessions, in the first record that a resumed run returns; null in all others.</summary>
    [JsonIgnore]
    internal IReadOnlyList<EpochRecord>? Earlier { get; init; }
}
