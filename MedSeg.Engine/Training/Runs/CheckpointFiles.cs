using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>Finds the checkpoints of a run.</summary>
internal static class CheckpointFiles
{
    /// <summary>
    /// Returns the checkpoints that the run wrote in turn. The first one need not have the name without a number: a process can be killed after
    /// it renamed the old checkpoint and before it renamed the new one, and another program may have had the file open.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <returns>The absolute paths of those that exist, the newest first.</returns>
    public static IEnumerable<string> Newest(RunOptions run) =>
        [.. NumberedFile.NewestFirst(run.CheckpointPath), .. Enumerable.Range(1, CountAges(run) - 1).Select(run.CheckpointPathOf).Where(File.Exists)];

    /// <summary>Returns the checkpoint with the best validation Dice, and its numbered files.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The absolute paths of those that exist, the newest first.</returns>
    public static IReadOnlyList<string> Best(RunOptions run) => NumberedFile.NewestFirst(run.BestPath);

    /// <summary>Returns all checkpoints that the run can resume from.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The absolute paths of those that exist, in the order in which they are tried.</returns>
    public static IEnumerable<string> All(RunOptions run) => [.. Newest(run), .. Best(run)];

    /// <summary>Counts the checkpoints that may exist. An earlier run may have kept more than this one does.</summary>
    /// <param name="run">The run.</param>
    public static int CountAges(RunOptions run)
    {
        int age = Math.Max(run.KeepCheckpoints, 2);
        while (File.Exists(run.CheckpointPathOf(age)))
        {
            age++;
        }

        return age;
    }
}
