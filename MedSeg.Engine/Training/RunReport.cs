using System.Globalization;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Network.Definition;
using MedSeg.Threading;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>What a run tells its caller when it starts and when it was stopped.</summary>
internal static class RunReport
{
    /// <summary>Tells what was chosen.</summary>
    /// <param name="plan">What the run trains on and how.</param>
    /// <param name="network">The network.</param>
    /// <param name="state">The state that the run starts with.</param>
    /// <param name="stepsPerEpoch">The number of steps of an epoch.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="events">Receives it, or null.</param>
    public static void Start(TrainingPlan plan, SegmentationNetwork network, Checkpoint state, int stepsPerEpoch, RankGroup ranks, EngineEvents? events)
    {
        PatientSplit split = plan.Split;
        string tf32 = plan.Run.AllowTF32 ? "; TF32 is allowed, which matters on GPUs only" : string.Empty;
        Action<string>? decision = events?.Decision;
        if (ranks.Description is { } description)
        {
            string shares = plan.Options.Shares > 1 ? $"{plan.Options.Shares} shares" : "1 share";
            string rounding = plan.Options.GradientFormat == GradientFormat.BFloat16 ? ", whose gradients are rounded to bfloat16" : string.Empty;
            decision?.Invoke($"Training together: {description} Each batch has {shares}{rounding}.");
        }

        decision?.Invoke($"Device {string.Join(" and ", plan.Devices)} (asked for: {plan.Run.Device}), {CpuParallel.Threads} threads, precision {plan.Options.Precision}{tf32}.");
        decision?.Invoke(
            $"Training on {split.Training.Count} slices of {split.TrainingPatients} patients, "
            + $"validating on {split.Validation.Count} slices of {split.ValidationPatients} patients every {plan.Options.ReportInterval} epochs.");
        decision?.Invoke(
            $"{network.Options.Architecture} network of {network.Parameters.Values.NumberOfElements:N0} parameters for {plan.Dataset.InputSize} × {plan.Dataset.InputSize} pixels "
            + $"and {plan.Dataset.LabelNames.Count} ROIs, base width {network.Options.BaseWidth}; {stepsPerEpoch} steps per epoch.");
        decision?.Invoke(state.Steps > 0
            ? $"Resuming the run in {plan.Run.OutputPath}: {state.Epoch} epochs and {state.StepInEpoch} steps are done."
            : $"Starting anew with seed {plan.Options.Seed}; the model will be {plan.Run.ModelPath}.");
        if (plan.Options.SaveMemory && !TrainingModel.SavesImages(plan) && !TrainingModel.SavesBlocks(plan))
        {
            events?.Warning?.Invoke($"-SaveMemory has no effect with -Precision {plan.Options.Precision}.");
        }

        if (split.PatientsInBoth is > 0 and int patients)
        {
            events?.Warning?.Invoke(
                $"{patients} patients (by PatientID) are in both the training and the validation data set: the validation Dice will be too good. "
                + "Give each patient to one of them, or check whether anonymisation gave all patients the same ID.");
        }
    }

    /// <summary>Tells what training together cost.</summary>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="events">Receives it, or null.</param>
    public static void End(RankGroup ranks, EngineEvents? events)
    {
        if (ranks.Size > 1)
        {
            events?.Decision?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"Rank 0 waited {ranks.Waited.TotalSeconds:0.000} s for other ranks, exchanged gradients for {ranks.Exchanged.TotalSeconds:0.000} s, and sent {ranks.BytesSent / 1e6:0.0} MB of them."));
        }
    }

    /// <summary>Warns of a run that another process stopped.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <param name="stop">The request of another process; null on ranks that do not look for one.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="warn">Receives the warning, or null.</param>
    public static void Stop(RunOptions run, StopRequest? stop, RankGroup ranks, Action<string>? warn)
    {
        if (stop is { IsMade: true })
        {
            warn?.Invoke($"{run.StatusPath}: Stop-MedSegRun asked the run to stop. It saves a checkpoint; -Resume continues the run.");
        }

        if (ranks.StoppedBy is { } rank)
        {
            warn?.Invoke($"The run stopped, because {rank} was asked to. It saves a checkpoint; -Resume continues the run.");
        }
    }
}
