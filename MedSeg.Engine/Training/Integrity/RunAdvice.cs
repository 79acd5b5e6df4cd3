using MedSeg.Training.Runs;

namespace MedSeg.Training.Integrity;

/// <summary>Says of the models and checkpoints of a run what is wrong and how to go on.</summary>
/// <param name="run">Where the run writes.</param>
/// <param name="weights">Those that exist, the newest checkpoint before older ones.</param>
internal sealed class RunAdvice(RunOptions run, IReadOnlyList<SavedWeights> weights)
{
    private readonly SavedWeights? _newest = weights.FirstOrDefault(file => file.Kind != RunFileKind.Model && file.State == RunFileState.Ok);
    private readonly SavedWeights? _model = weights.FirstOrDefault(file => file.Kind == RunFileKind.Model);

    /// <summary>Describes each file, and those that are missing.</summary>
    /// <param name="status">The state of the run; null where it is not known.</param>
    public IEnumerable<RunFile> Weights(RunStatus? status)
    {
        if (_model is null && status?.State == RunState.Finished)
        {
            yield return Describe(run.ModelPath, RunFileKind.Model, RunFileState.Incomplete, "The run is finished, but its model is missing.", ForModel(isMissing: true));
        }

        foreach (SavedWeights file in weights)
        {
            string? advice = file.State == RunFileState.Ok ? null
                : file.State == RunFileState.Unknown ? file.Error!.Advice
                : file.Kind == RunFileKind.Model ? ForModel(isMissing: false)
                : ForCheckpoint(file);
            yield return Describe(file.Path, file.Kind, file.State, file.Finding, advice);
        }

        if (status is { Epoch: > 0 } && status.State != RunState.Finished && !weights.Any(file => file.Kind != RunFileKind.Model))
        {
            yield return Describe(
                run.CheckpointPath, RunFileKind.Checkpoint, RunFileState.Incomplete, $"{SavedWeights.Epochs(status.Epoch)} done, but there is no checkpoint.", ForCheckpoint(damaged: null));
        }
    }

    private string ForCheckpoint(SavedWeights? damaged) => damaged is { Kind: RunFileKind.BestCheckpoint } && _newest is { } newest
        ? $"The run can resume from {newest.Name}, but the weights of its best epoch are lost: copy the file from a backup if you need them."
        : damaged is not null && _newest is { } newer && weights.TakeWhile(file => file != damaged).Contains(newer)
        ? $"Nothing to do: {newer.Name} is newer and whole."
        : _newest is { } whole
        ? $"Resume the run: the same command with -Resume continues from {whole.Name}, where {SavedWeights.Epochs(whole.Epoch!.Value)} done."
        : _model is { State: RunFileState.Ok } model
        ? $"The run cannot resume, but its model {model.Name} can be used. Copy a checkpoint from a backup, or start anew with -Force."
        : "The run cannot resume. Copy a checkpoint from a backup, or start anew with -Force.";

    private string ForModel(bool isMissing) => _newest is { } whole
        ? $"{(isMissing ? "Run" : "Delete the file and run")} the training command again with -Resume: it continues from {whole.Name}, where {SavedWeights.Epochs(whole.Epoch!.Value)} done, and writes the model again."
        : "No checkpoint is left to make the model from. Copy it from a backup, or start anew with -Force.";

    private RunFile Describe(string path, RunFileKind kind, RunFileState state, string finding, string? advice) => new()
    {
        ModelName = run.ModelName,
        Path = path,
        Kind = kind,
        State = state,
        Finding = finding,
        Advice = advice,
    };
}
