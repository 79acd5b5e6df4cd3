using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Tensors;
using MedSeg.Threading;
using MedSeg.Training.Batches;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>A run that has started: epoch by epoch, step by step. It saves what is unsaved when it is disposed of.</summary>
/// <param name="plan">What to train on and how.</param>
/// <param name="model">The weights; the caller disposes of them.</param>
/// <param name="batches">The batches; the caller disposes of them.</param>
/// <param name="ranks">The processes that train together; the caller disposes of them.</param>
/// <param name="output">What rank 0 writes; null on other ranks, which write nothing.</param>
/// <param name="state">The state that the run starts with.</param>
/// <param name="events">Receives the progress of each step, or null.</param>
internal sealed class TrainingLoop(
    TrainingPlan plan,
    TrainingModel model,
    BatchPipeline batches,
    RankGroup ranks,
    RunOutput? output,
    Checkpoint state,
    EngineEvents? events) : IDisposable
{
    private readonly TrainingOptions _options = plan.Options;
    private readonly MemoryPeak _memory = new(plan.Device.type == DeviceType.CUDA ? plan.Device.index : null, NvidiaDriver.Read);
    private Checkpoint _state = state;
    private IReadOnlyList<EpochRecord>? _earlier = state.History.Count > 0 ? state.History : null;
    private bool _isUnsaved;
    private bool _isStepping;

    // With early stopping, the run ends when the best validation is that many epochs ago.
    private bool IsDone => _state.Epoch >= _options.Epochs
        || (_options.Patience > 0 && BestEpoch(_state.History) is { } best && _state.Epoch - best >= _options.Patience);

    /// <summary>Trains an epoch.</summary>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The epoch's record; null where all epochs are done or the run was stopped.</returns>
    /// <exception cref="MedSegException">The run failed; the last checkpoint is whole.</exception>
    public EpochRecord? Next(CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            output?.Checkpoints.RequireModel(_state);
            return null;
        }

        try
        {
            return RunEpoch(cancellationToken);
        }
        catch (Exception e)
        {
            MedSegException? explained = TorchErrors.Explain(e, _options.BatchSize);
            Fail(explained ?? e);
            ranks.Fail(explained ?? e);
            if (explained is not null)
            {
                throw explained;
            }

            throw;
        }
    }

    /// <summary>Saves a checkpoint of what is not saved yet, and notes how the run ended.</summary>
    public void Dispose()
    {
        try
        {
            if (_isUnsaved)
            {
                output?.Checkpoints.Save(_state);
            }
        }
        finally
        {
            if (output is { Journal.IsOpen: true })
            {
                output.Journal.End(IsDone ? RunState.Finished : output.Stop.IsMade ? RunState.Stopped : RunState.Interrupted);
            }
        }
    }

    private static int? BestEpoch(IReadOnlyList<EpochRecord> history) =>
        history.Where(r => r.ValidationDice is not null).MaxBy(r => r.ValidationDice)?.Epoch;

    private EpochRecord? RunEpoch(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int firstStep = _state.StepInEpoch;
        if (output is not null)
        {
            model.TakeSnapshot();
        }

        _state = TrainEpoch(cancellationToken);
        _isUnsaved = true;
        if (_state.StepInEpoch < batches.Source.StepsPerEpoch)
        {
            return null;
        }

        bool areComplete = RankAgreement.RequireSameWeights(ranks, model.Network.Parameters);
        if (output is null)
        {
            return areComplete ? Follow() : null;
        }

        double trained = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int slices = Math.Max(0, plan.Split.Training.Count - (firstStep * _options.BatchSize));
        EpochRecord record = Describe() with
        {
            SlicesPerSecond = slices / trained,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            PeakMemory = _memory.Sample(),
        };
        _state = Append(record);
        record = output.Checkpoints.Save(_state, record, IsDone);
        _isUnsaved = record.CheckpointPath is null;
        output.Journal.Add(record);
        _ = ranks.Meet(record.ValidationDice is { } dice ? BitConverter.GetBytes(dice) : []);
        record = record with { Earlier = _earlier };
        _earlier = null;
        return record;
    }

    // What rank 0 validates decides on other ranks, too, whether the run is done.
    private EpochRecord? Follow()
    {
        if (ranks.Meet([]) is not [byte[] dice, ..])
        {
            return null;
        }

        EpochRecord record = Describe() with { ValidationDice = dice.Length > 0 ? BitConverter.ToDouble(dice) : null };
        _state = Append(record);
        return record;
    }

    private Checkpoint Append(EpochRecord record) =>
        _state with { Epoch = record.Epoch, StepInEpoch = 0, LossSum = 0, DiceSum = 0, DiceCount = 0, History = [.. _state.History, record] };

    private Checkpoint TrainEpoch(CancellationToken cancellationToken)
    {
        int epoch = _state.Epoch + 1;
        int step = _state.StepInEpoch;
        int steps = batches.Source.StepsPerEpoch;
        using DisposeScope scope = torch.NewDisposeScope();
        using var prefetcher = new BatchPrefetcher(batches, epoch, step);
        var losses = new List<torch.Tensor>();
        Checkpoint Advanced() => AddLosses(losses, epoch) with { StepInEpoch = step, Steps = model.Steps, GradientScale = model.GradientScale };
        _isStepping = true;
        try
        {
            while (step < steps && !ranks.IsStopping)
            {
                bool wantsToStop = cancellationToken.IsCancellationRequested || output?.Stop.LookSometimes() == true;
                if ((wantsToStop && ranks.Size == 1) || Step(prefetcher, epoch, step, wantsToStop) is not { } loss)
                {
                    break;
                }

                if (TrainingStep.IsLost(loss))
                {
                    throw NotFinite(epoch, step);
                }

                losses.Add(loss);
                step++;
                events?.Progress?.Invoke(new TrainingProgress(epoch, _options.Epochs, step, steps));
            }
        }
        catch when (model.IsSound)
        {
            _state = Advanced();
            throw;
        }

        Checkpoint state = Advanced();
        _isStepping = false;
        return state;
    }

    // Null where a rank has left, so that the step was not taken.
    private torch.Tensor? Step(BatchPrefetcher prefetcher, int epoch, int step, bool wantsToStop)
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // Seeded by step, so that a run that resumes within an epoch draws what it would have drawn.
        ulong seed = SampleRandom.Mix((ulong)_options.Seed ^ SampleRandom.Mix(((ulong)epoch << 32) | (uint)step));
        return model.Step(batches, prefetcher, epoch, step, seed, wantsToStop)?.MoveToOuterDisposeScope();
    }

    // The one copy to the host in an epoch: the loss of each step, and its Dice scores.
    private Checkpoint AddLosses(List<torch.Tensor> losses, int epoch)
    {
        double[] values = losses.Count == 0 ? [] : [.. torch.stack(losses).cpu().data<double>()];
        double sum = _state.LossSum;
        double dice = _state.DiceSum;
        long count = _state.DiceCount;
        for (int i = 0; i < losses.Count; i++)
        {
            int step = _state.StepInEpoch + i;
            if (!double.IsFinite(values[3 * i]))
            {
                throw NotFinite(epoch, step);
            }

            sum += values[3 * i] * batches.Source.CountAt(step);
            dice += values[(3 * i) + 1];
            count += (long)values[(3 * i) + 2];
        }

        return _state with { LossSum = sum, DiceSum = dice, DiceCount = count };
    }

    private MedSegException NotFinite(int epoch, int step)
    {
        string slices = string.Join(", ", batches.Source.SamplesAt(epoch, step).Select(s => s.Name));
        string rate = _options.LearningRateAt(epoch).ToString("G3", CultureInfo.InvariantCulture);
        return new MedSegException(
            ErrorKind.InvalidData,
            ErrorIds.LossNotFinite,
            $"The loss became NaN or infinite at step {step + 1} of epoch {epoch}, with the slices {slices}. The last checkpoint was saved before this.")
        {
            Advice = $"Start anew with a lower -LearningRate (it was {rate}). If it happens again with the same slices, look at these.",
        };
    }

    private EpochRecord Describe()
    {
        int epoch = _state.Epoch + 1;
        int slices = plan.Split.Training.Count;
        bool isReported = ranks.IsFirst && plan.Split.Validation.Count > 0 && (epoch % _options.ReportInterval == 0 || epoch == _options.Epochs);
        IReadOnlyList<RoiScore>? scores = isReported ? Validate() : null;
        return new EpochRecord
        {
            Epoch = epoch,
            Epochs = _options.Epochs,
            Loss = _state.LossSum / slices,
            Dice = _state.DiceCount > 0 ? _state.DiceSum / _state.DiceCount : 0,
            ValidationDice = scores?.Where(s => s.Slices > 0).Select(s => s.Dice).DefaultIfEmpty(0).Average(),
            ValidationDiceByRoi = scores,
            LearningRate = _options.LearningRateAt(epoch),
            SlicesPerSecond = 0,
            Seconds = 0,
            Device = plan.DeviceName,
            LossFunction = _options.Loss,
        };
    }

    private IReadOnlyList<RoiScore> Validate()
    {
        using IDisposable? averaged = model.UseAverage();
        return new ValidationScorer(model.Network, plan.Split.Validation, plan.Dataset.Preprocessing, plan.Dataset.LabelNames, _options.FastValidation)
            .Score(_options.BatchSize, plan.Device, batches.Resident);
    }

    private void Fail(Exception error)
    {
        bool isWriting = error is MedSegException { Kind: ErrorKind.WriteFailed };
        _isUnsaved = false;
        if (output is null)
        {
            return;
        }

        if (!isWriting && _isStepping)
        {
            try
            {
                output.Checkpoints.SaveAfterFailure(_state);
            }
            catch (Exception e) when (e is MedSegException or ExternalException)
            {
                // The first error is the one to report, and the checkpoint before is whole.
            }
        }

        output.Journal.End(RunState.Failed, error.Message);
    }
}
