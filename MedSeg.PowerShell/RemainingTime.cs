using System.Diagnostics;
using MedSeg.Training;

namespace MedSeg.PowerShell;

/// <summary>Estimates how long a run will still take, from its steps since it was started or resumed.</summary>
internal sealed class RemainingTime
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private double? _doneBefore;

    /// <summary>Returns the share of all steps that is done.</summary>
    /// <param name="progress">The latest progress.</param>
    /// <returns>0 to 1.</returns>
    public static double Done(TrainingProgress progress) =>
        (progress.Epoch - 1 + ((double)progress.Step / progress.Steps)) / progress.Epochs;

    /// <summary>Estimates the time to the end of the run, from the first step on.</summary>
    /// <param name="progress">The latest progress.</param>
    /// <returns>The time left.</returns>
    public TimeSpan After(TrainingProgress progress)
    {
        double done = Done(progress);

        // A resumed run starts with steps that took none of this run's time.
        _doneBefore ??= done - (1.0 / ((double)progress.Steps * progress.Epochs));
        return Stopwatch.GetElapsedTime(_started) * ((1 - done) / (done - _doneBefore.Value));
    }
}
