namespace MedSeg.Training;

/// <summary>Paths in checkpoints: only the name of the file is kept, since folders tell who worked where.</summary>
internal static class CheckpointPaths
{
    /// <summary>Returns the name of a file from a path of Windows or Unix, wherever the checkpoint is read.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>Returns options without the folder of the file that lists the folds.</summary>
    public static TrainingOptions WithoutFolders(TrainingOptions options) =>
        options.FoldPath is { } path ? options with { FoldPath = NameOf(path) } : options;
}
