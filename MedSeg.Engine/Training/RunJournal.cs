using MedSeg.Threading;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>What a run writes down besides its checkpoints: the log, the status file and TensorBoard's event files.</summary>
internal sealed class RunJournal : IDisposable
{
    private readonly RunLog _log;
    private readonly EngineEvents? _events;
    private readonly string _statusPath;
    private readonly string _folder;
    private TensorBoardEvents? _tensorBoard;
    private RunStatus _status;

    /// <summary>Initializes a new instance of the <see cref="RunJournal"/> class and notes that the run starts or resumes.</summary>
    /// <param name="plan">Where to write.</param>
    /// <param name="state">The state that the run starts with.</param>
    /// <param name="events">Receives a warning where a file cannot be written, which does not end the run; or null.</param>
    public RunJournal(TrainingPlan plan, Checkpoint state, EngineEvents? events = null)
    {
        _events = events;
        _log = new RunLog(plan.Run.LogPath, events);
        _statusPath = plan.Run.StatusPath;
        _folder = Path.TrimEndingDirectorySeparator(plan.Run.OutputPath) + Path.DirectorySeparatorChar;
        if (plan.Run.TensorBoard)
        {
            TryTensorBoard(() => _tensorBoard = new TensorBoardEvents(plan.Run.TensorBoardPath, state.Epoch + 1));
        }

        _status = RunStatus.Start(plan.Options.Epochs) with { Epoch = state.Epoch, BestDice = state.History.Max(r => r.ValidationDice) };
        _log.Start(state, plan.Run, plan.DeviceName);
        _status.TryWrite(_statusPath);
    }

    /// <summary>Gets a value indicating whether the run has not ended yet.</summary>
    public bool IsOpen => _status.State == RunState.Running;

    /// <summary>Notes an epoch.</summary>
    /// <param name="record">The epoch's record.</param>
    public void Add(EpochRecord record)
    {
        _log.Epoch(record);
        TryTensorBoard(() => _tensorBoard?.Write(record.Epoch, Scalars(record)));
        _status = _status with
        {
            Epoch = record.Epoch,
            Updated = DateTime.UtcNow,
            ValidationDice = record.ValidationDice ?? _status.ValidationDice,
            BestDice = record.ValidationDice is { } dice && !(dice <= _status.BestDice) ? dice : _status.BestDice,
        };
        _status.TryWrite(_statusPath);
    }

    /// <summary>Notes how the run ended.</summary>
    /// <param name="state">Finished, interrupted or failed.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    public void End(RunState state, string? error = null)
    {
        // A file of the run is named without its folder.
        error = error?.Replace(_folder, string.Empty, StringComparison.Ordinal);
        _status = _status with { State = state, Error = error, Updated = DateTime.UtcNow };
        _status.TryWrite(_statusPath);
        _log.End(state, error);
    }

    /// <inheritdoc/>
    public void Dispose() => TryTensorBoard(() => _tensorBoard?.Dispose());

    // Curves for TensorBoard are not worth a night of training: the log has the same numbers.
    private void TryTensorBoard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _tensorBoard = null;
            _events?.Warning?.Invoke($"TensorBoard's event file could not be written: {e.Message} Training continues without it; the log has the same numbers.");
        }
    }

    private static IEnumerable<KeyValuePair<string, double>> Scalars(EpochRecord record)
    {
        yield return new("loss/training", record.Loss);
        yield return new("dice/training", record.Dice);
        yield return new("learning rate", record.LearningRate);
        yield return new("slices per second", record.SlicesPerSecond);
        if (record.ValidationDice is { } dice)
        {
            yield return new("dice/validation", dice);
            foreach (RoiScore score in record.ValidationDiceByRoi!)
            {
                yield return new($"dice by ROI/{score.Name}", score.Dice);
            }
        }
    }
}
