using MedSeg.Errors;

namespace MedSeg.Training.Integrity;

/// <summary>A model or checkpoint that was read to check it.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Kind">What the file is.</param>
/// <param name="Epoch">The number of finished epochs; null where the file cannot be used.</param>
/// <param name="Error">Why it cannot be used; null where it can.</param>
internal sealed record SavedWeights(string Path, RunFileKind Kind, int? Epoch, MedSegException? Error)
{
    /// <summary>Gets the name of the file.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Gets the state of the file.</summary>
    public RunFileState State => Error is null ? RunFileState.Ok
        : Error.Kind == ErrorKind.InvalidData && Error.ErrorId != ErrorIds.CheckpointVersion ? RunFileState.Damaged
        : RunFileState.Unknown;

    /// <summary>Gets what was found, without the path.</summary>
    public string Finding
    {
        get
        {
            string prefix = $"{Path}: ";
            return Error is null ? $"Checksum and weights are right; {Epochs(Epoch!.Value)} done."
                : Error.Finding.StartsWith(prefix, StringComparison.Ordinal) ? Error.Finding[prefix.Length..]
                : Error.Finding;
        }
    }

    /// <summary>Reads a file: its checksum must be right, its state valid and its weights finite.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="kind">What the file is.</param>
    public static SavedWeights Read(string path, RunFileKind kind)
    {
        try
        {
            return new SavedWeights(path, kind, Checkpoint.Read(path).State.Epoch, null);
        }
        catch (MedSegException e)
        {
            return new SavedWeights(path, kind, null, e);
        }
    }

    /// <summary>Says a number of epochs in words.</summary>
    /// <param name="count">The number.</param>
    public static string Epochs(int count) => count == 1 ? "1 epoch is" : FormattableString.Invariant($"{count} epochs are");
}
