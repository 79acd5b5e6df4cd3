using System.Globalization;
using System.Reflection;
using MedSeg.Errors;

namespace MedSeg.Training;

/// <summary>Refuses to go on from a checkpoint with other options or data, since the result would belong to neither.</summary>
internal static class ResumeCheck
{
    /// <summary>Compares the state of a checkpoint with what a run is to have.</summary>
    /// <param name="saved">The checkpoint.</param>
    /// <param name="wanted">The state that the run would begin with.</param>
    /// <param name="path">The checkpoint's path.</param>
    /// <exception cref="MedSegException">They differ in more than the number of epochs; the message lists how.</exception>
    public static void Require(Checkpoint saved, Checkpoint wanted, string path)
    {
        var differences = new List<string>();
        foreach (PropertyInfo option in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite && p.Name != nameof(TrainingOptions.Epochs)))
        {
            Compare($"-{option.Name}", option.GetValue(saved.Options), option.GetValue(wanted.Options));
        }

        Compare("-InputSize of the data set", saved.InputSize, wanted.InputSize);
        Compare("-Normalization of the data set", saved.Normalization, wanted.Normalization);
        Compare("-ResizeMode of the data set", saved.ResizeMode, wanted.ResizeMode);
        Compare("its ROIs", string.Join(", ", saved.LabelNames), string.Join(", ", wanted.LabelNames));
        Compare("its training slices", saved.TrainingSlices, wanted.TrainingSlices);
        Compare("the slices validated on", saved.ValidationSlices, wanted.ValidationSlices);
        if (differences.Count > 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "ResumeMismatch", $"{path}: the checkpoint was made with other options or data: {string.Join("; ", differences)}. Give the same as before, or start anew with -Force.", path);
        }

        void Compare(string what, object? before, object? now)
        {
            if (!Equals(before, now))
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{what} was {before}, now {now}"));
            }
        }
    }
}
