using System.Globalization;
using System.Reflection;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Training;

/// <summary>Refuses to resume from a checkpoint with other options or data: the result would belong to neither.</summary>
internal static class ResumeCheck
{
    private const string Saved = "the checkpoint";
    private const string Wanted = "this run";

    // The weights do not depend on these.
    private static readonly string[] s_free = [nameof(TrainingOptions.Epochs), nameof(TrainingOptions.ReportInterval), nameof(TrainingOptions.FastValidation), nameof(TrainingOptions.SaveMemory), nameof(TrainingOptions.CheckpointInterval)];

    /// <summary>Compares a checkpoint with the run that is to resume from it.</summary>
    /// <param name="saved">The checkpoint.</param>
    /// <param name="wanted">The state that the run would start with.</param>
    /// <param name="path">The checkpoint's path.</param>
    /// <exception cref="MedSegException">
    /// <c>ResumeMismatch</c>: they differ in more than the number of epochs and the intervals; the message lists how.
    /// </exception>
    public static void Require(Checkpoint saved, Checkpoint wanted, string path)
    {
        string[] differences =
        [
            .. OptionDifferences(saved.Options, wanted.Options),
            .. saved.Description.Data.Differences(wanted.Description.Data, Saved, Wanted),
            .. LabelDifferences(saved.Description.Preprocessing.LabelResampling, wanted.Description.Preprocessing.LabelResampling),
            .. CountDifferences("training slices", saved.TrainingSlices, wanted.TrainingSlices),
            .. CountDifferences("validation slices", saved.ValidationSlices, wanted.ValidationSlices),
        ];
        if (differences.Length > 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ResumeMismatch, $"{path}: The checkpoint was made with other options or data: {string.Join("; ", differences)}.", path)
            {
                Advice = "Resume with the same options and data, or start again with -Force.",
            };
        }
    }

    private static IEnumerable<string> OptionDifferences(TrainingOptions saved, TrainingOptions wanted)
    {
        // A resumed run keeps what Auto was settled to when it began.
        wanted = wanted.Precision == Precision.Auto ? wanted with { Precision = saved.Precision } : wanted;
        foreach (PropertyInfo option in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite && !s_free.Contains(p.Name)))
        {
            (object? before, object? now) = (ValueOf(option, saved), ValueOf(option, wanted));
            if (!Equals(before, now))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"-{option.Name} is {before ?? "not set"} in {Saved} and {now ?? "not set"} in {Wanted}");
            }
        }
    }

    // A checkpoint has only the name of the fold file; older ones have the absolute path.
    private static object? ValueOf(PropertyInfo option, TrainingOptions options) =>
        option.Name == nameof(TrainingOptions.FoldPath) && options.FoldPath is { } path ? CheckpointPaths.NameOf(path) : option.GetValue(options);

    // Only training sees resized labels, so nothing but a resumed run depends on how that was done.
    private static IEnumerable<string> LabelDifferences(LabelResampling before, LabelResampling now)
    {
        if (before != now)
        {
            yield return $"-LabelResampling of Import-MedSegDataset is {before} in {Saved} and {now} in {Wanted}";
        }
    }

    private static IEnumerable<string> CountDifferences(string what, int before, int now)
    {
        if (before != now)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"there are {before} {what} in {Saved} and {now} in {Wanted}");
        }
    }
}
