using System.Diagnostics;
using MedSeg.Training;

namespace MedSeg.PowerShell;

/// <summary>Estimates the remaining time of a run from its progress since it was started or resumed.</summary>
internal sealed class RemainingTime
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private double? _doneBefore;

    /// <summary>Computes the fraction of all steps that is done.</summary>
    /// <param name="progress">The latest progress.</param>
    /// <returns>0 to 1.</returns>
    public static double Done(TrainingProgress progress) =>
        (progress.Epoch - 1 + ((double)progress.Step / progress.Steps)) / progress.Epochs;

    /// <summary>Estimates the time to the end of the run; first called after the first step.</summary>
    /// <param name="progress">The latest progress.</param>
    /// <returns>The time left.</returns>
    public TimeSpan After(TrainingProgress progress)
    {
        double done = Done(progress);

        // The steps before a resume took none of the time since the start.
        _doneBefore ??= done - (1.0 / ((double)progress.Steps * progress.Epochs));
        return Stopwatch.GetElapsedTime(_started) * ((1 - done) / (done - _doneBefore.Value));
    }
}
