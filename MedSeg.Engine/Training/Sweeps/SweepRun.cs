using System.Globalization;
using MedSeg.Training.Runs;
using MedSeg.Wording;

namespace MedSeg.Training.Sweeps;

/// <summary>The result of one run of a sweep.</summary>
public sealed record SweepRun
{
    /// <summary>Gets the name of the run, which is that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the options that the sweep set, by name.</summary>
    public required IReadOnlyDictionary<string, object> Options { get; init => field = ItemTable<object>.Of(value); }

    /// <summary>Gets whether the run finished, failed, or was dropped by successive halving.</summary>
    public required RunState State { get; init; }

    /// <summary>
    /// Gets the mean Dice of the model on the validation slices, from 0 to 1; null where the run failed. That of the best of many runs is too
    /// high, because it was chosen by these slices. A run that was dropped has that of its last round, after fewer epochs.
    /// </summary>
    public double? ValidationDice { get; init; }

    /// <summary>Gets the Dice of each ROI on the validation slices; empty where the run failed.</summary>
    public IReadOnlyList<RoiScore> ValidationDiceByRoi { get; init => field = ItemList<RoiScore>.Of(value); } = ItemList<RoiScore>.Of([]);

    /// <summary>Gets the epoch whose weights the model has; with early stopping the best one. Null where the run failed.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets the number of epochs that the run may have.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gets the seconds of training up to <see cref="Epoch"/>; null where the run failed.</summary>
    public double? Seconds { get; init; }

    /// <summary>Gets the last round of successive halving that the run took part in, from 1; null without it.</summary>
    public int? Round { get; init; }

    /// <summary>Gets what became of the run in that round, and why; null without successive halving.</summary>
    public string? Decision { get; init; }

    /// <summary>Gets why the run failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the folder of the run.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the path of the model; null where the run failed or was dropped.</summary>
    public string? ModelPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {(ValidationDice is { } dice ? $"{dice:0.0000} after {Epoch} epochs{(State == RunState.Dropped ? ", dropped" : "")}" : "failed")}");
}
