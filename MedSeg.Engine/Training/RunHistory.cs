using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>Reads the history of a training run, whole over all of its sessions, from its files.</summary>
public static partial class RunHistory
{
    private const string LogSuffix = ".log.jsonl";

    /// <summary>Reads a history.</summary>
    /// <param name="path">
    /// The absolute path of the output folder of a run, whose log and checkpoints are read together; or of one file: a log (.jsonl), a model
    /// or a checkpoint (.safetensors). While the run is training, only its log is read from the folder.
    /// </param>
    /// <param name="modelName">The model's name, for a folder with several runs; or null.</param>
    /// <returns>
    /// A record for each finished epoch, in their order. Of an epoch that was trained again after a crash, it is the last one. Records that only the
    /// log has are rounded to milliseconds.
    /// </returns>
    /// <exception cref="MedSegException">
    /// The path does not exist, the folder has several runs (<c>RunNotUnique</c>), there is no epoch (<c>HistoryMissing</c>), or a file cannot be read.
    /// </exception>
    public static IReadOnlyList<EpochRecord> Read(string path, string? modelName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        EpochRecord[] records = Directory.Exists(path) ? OfFolder(path, modelName)
            : !path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? [.. CheckpointFile.ReadState(SafetensorsFile.Read(path), path).History]
            : File.Exists(path) ? OfLog(LoggedRun.Read(path), run: null)
            : throw new MedSegException(ErrorKind.NotFound, ErrorIds.FileNotFound, $"{path}: The file does not exist.", path) { Advice = MissingPath.Advise(path) };
        return records.Length > 0 ? records : throw Missing(path, "There is no finished epoch.");
    }

    /// <summary>Adds the epochs that a resumed run trained in earlier sessions.</summary>
    /// <param name="records">The records of <see cref="Trainer.Run"/>. Only the first record of a session leads to the earlier ones.</param>
    /// <returns>The records of all epochs in their order, each once; <paramref name="records"/> where no session resumed.</returns>
    public static IReadOnlyList<EpochRecord> Whole(IReadOnlyList<EpochRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (!records.Any(record => record.Earlier is not null))
        {
            return records;
        }

        var epochs = new SortedDictionary<int, EpochRecord>();
        foreach (EpochRecord record in records.SelectMany(record => record.Earlier is null ? [record] : record.Earlier.Append(record)))
        {
            epochs[record.Epoch] = record;
        }

        return [.. epochs.Values];
    }

    private static EpochRecord[] OfFolder(string folder, string? modelName)
    {
        var run = new RunOptions { OutputPath = folder, ModelName = modelName ?? FindName(folder) };
        run.Validate();
        var log = LoggedRun.Read(run.LogPath);
        EpochRecord[] logged = OfLog(log, run);

        // On Windows, a run could not replace a checkpoint that is open here.
        if (RunLock.IsHeld(run.LockPath) && logged.Length > 0)
        {
            return logged;
        }

        var epochs = new SortedDictionary<int, EpochRecord>();
        foreach (EpochRecord record in OfCheckpoints(run, log?.Run))
        {
            epochs[record.Epoch] = record;
        }

        // The log is written last. Where it says the same, the checkpoint has more digits.
        foreach (EpochRecord record in logged)
        {
            epochs[record.Epoch] = epochs.TryGetValue(record.Epoch, out EpochRecord? saved) && saved.Loss.Equals(record.Loss)
                ? saved with { CheckpointPath = record.CheckpointPath }
                : record;
        }

        EpochRecord[] all = [.. epochs.Values];
        if (all.Length > 0 && File.Exists(run.ModelPath))
        {
            all[^1] = all[^1] with { ModelPath = run.ModelPath };
        }

        return all;
    }

    // The newest checkpoint that can be read. With early stopping, the model is that of an earlier epoch.
    private static IReadOnlyList<EpochRecord> OfCheckpoints(RunOptions run, string? identity)
    {
        string[] paths = [.. CheckpointFiles.Newest(run), .. File.Exists(run.ModelPath) ? [run.ModelPath] : (string[])[], .. CheckpointFiles.Best(run)];
        foreach (string path in paths)
        {
            try
            {
                CheckpointState state = CheckpointFile.ReadState(SafetensorsFile.Read(path), path);
                if (identity is null || state.Run == identity)
                {
                    return state.History;
                }
            }
            catch (MedSegException) when (path != paths[^1] || identity is not null)
            {
                // The next one, or the log, has the history as well.
            }
        }

        return [];
    }

    private static EpochRecord[] OfLog(LoggedRun? log, RunOptions? run) => log is null ? [] :
    [
        .. log.Epochs.Select(epoch => new EpochRecord
        {
            Epoch = epoch.Epoch,
            Epochs = epoch.Epochs,
            Loss = epoch.Loss,
            Dice = epoch.Dice,
            ValidationDice = epoch.ValidationDice,
            ValidationDiceByRoi = epoch.Scores is null ? null : Array.ConvertAll([.. epoch.Scores], score => new RoiScore(score.Name, score.Dice, score.Slices)),
            LearningRate = epoch.LearningRate,
            SlicesPerSecond = epoch.SlicesPerSecond,
            Seconds = epoch.Seconds,
            PeakMemory = epoch.PeakMemory,
            Device = epoch.Device,
            CheckpointPath = epoch.HasCheckpoint ? run?.CheckpointPath : null,
            LossFunction = log.Loss,
        }),
    ];

    private static string FindName(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))];
        string[] names = [.. files.Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return names.Length switch
        {
            1 => names[0],
            0 => throw Missing(folder, "The folder has no training run."),
            _ => throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.RunNotUnique, $"{folder}: The folder has {names.Length} runs: {string.Join(", ", names)}.", folder) { Advice = "Give the name of one of them with -ModelName." },
        };
    }

    private static string? NameOf(string file) =>
        file.EndsWith(RunStatus.Suffix, StringComparison.Ordinal) ? file[..^RunStatus.Suffix.Length]
        : file.EndsWith(LogSuffix, StringComparison.Ordinal) ? file[..^LogSuffix.Length]
        : ModelFile().Match(file) is { Success: true } match ? match.Groups[1].Value
        : null;

    private static MedSegException Missing(string path, string finding) => new(ErrorKind.NotFound, ErrorIds.HistoryMissing, $"{path}: {finding}", path)
    {
        Advice = "Give the -OutputPath of a run, its log, or a model or checkpoint. Get-MedSegRun lists the runs below a folder.",
    };

    [GeneratedRegex(@"^(.+?)(\.best|\.checkpoint(-[0-9]+)?)?( \([0-9]{1,2}\))?\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex ModelFile();
}
