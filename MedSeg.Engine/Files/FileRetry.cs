using System.Collections.Concurrent;
using System.Globalization;
using Polly;
using Polly.Retry;

namespace MedSeg.Files;

/// <summary>
/// Repeats what failed because another program has a file open, as virus scanners, backups and viewers do, or because a network share is
/// away. The pauses double: 6 seconds in all for a file that is held, and by default two minutes for the network.
/// </summary>
internal sealed class FileRetry
{
    /// <summary>The environment variable that sets how long a network share may be away, in seconds.</summary>
    public const string Variable = "MEDSEG_NETWORK_SECONDS";

    private const double DefaultSeconds = 120;
    private const double MostSeconds = 24 * 3600;
    private const int HeldTries = 7;
    private const int HeldAgainTries = 1;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_firstNetworkPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private static readonly AsyncLocal<FileRetry?> s_ofTest = new();
    private static readonly Lazy<FileRetry> s_default = new(() => new FileRetry(TimeProvider.System, NetworkTime));

    private readonly ResiliencePipeline _network;
    private readonly Dictionary<(FileChange Change, int Tries), ResiliencePipeline> _pipelines = [];

    // Files that stayed held to the end of all tries: the next try should not cost another 6 seconds, since a run writes its status each epoch.
    private readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="FileRetry"/> class.</summary>
    /// <param name="clock">What the pauses are measured with.</param>
    /// <param name="networkTime">How long a network share may be away.</param>
    public FileRetry(TimeProvider clock, TimeSpan networkTime)
    {
        int tries = NetworkTries(networkTime);
        _network = tries == 0 ? ResiliencePipeline.Empty : Pipeline(clock, tries, s_firstNetworkPause, FileFaults.IsNetwork);
        foreach (FileChange change in Enum.GetValues<FileChange>())
        {
            foreach (int held in (int[])[HeldTries, HeldAgainTries])
            {
                _pipelines[(change, held)] = Pipeline(clock, held, s_firstPause, error => FileFaults.IsHeld(error, change));
            }
        }
    }

    /// <summary>Gets or sets what is used in this flow of execution, for tests.</summary>
    public static FileRetry Current
    {
        get => s_ofTest.Value ?? s_default.Value;
        set => s_ofTest.Value = value;
    }

    /// <summary>Gets how long a network share may be away: two minutes, or what the environment variable says.</summary>
    public static TimeSpan NetworkTime =>
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.Float, CultureInfo.InvariantCulture, out double set) && set >= 0
            ? Math.Min(set, MostSeconds)
            : DefaultSeconds);

    /// <summary>Changes a file, and tries again while it is held or the network is away.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="change">What is changed.</param>
    /// <param name="work">The change.</param>
    /// <returns>The result of the change.</returns>
    public T Run<T>(string path, FileChange change, Func<T> work)
    {
        ResiliencePipeline held = _pipelines[(change, _held.ContainsKey(path) ? HeldAgainTries : HeldTries)];
        try
        {
            T result = _network.Execute(() => held.Execute(work));
            _held.TryRemove(path, out _);
            return result;
        }
        catch (Exception e) when (FileFaults.IsHeld(e, change))
        {
            _held[path] = true;
            throw;
        }
    }

    /// <summary>Changes a file, and tries again while it is held or the network is away.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="change">What is changed.</param>
    /// <param name="work">The change.</param>
    public void Run(string path, FileChange change, Action work) => Run<object?>(path, change, () =>
    {
        work();
        return null;
    });

    /// <summary>Does work that can be repeated as a whole while the network is away: open files do not survive that.</summary>
    /// <param name="work">The work.</param>
    public void RunOnNetwork(Action work) => _network.Execute(work);

    /// <summary>Does work that can be repeated as a whole while the network is away.</summary>
    /// <param name="work">The work.</param>
    /// <returns>Its result.</returns>
    public T RunOnNetwork<T>(Func<T> work) => _network.Execute(work);

    // As many pauses as fill the time.
    private static int NetworkTries(TimeSpan time)
    {
        int tries = 0;
        TimeSpan pause = s_firstNetworkPause;
        for (TimeSpan sum = TimeSpan.Zero; sum < time; sum += pause, pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, s_longestPause.Ticks)))
        {
            tries++;
        }

        return tries;
    }

    private static ResiliencePipeline Pipeline(TimeProvider clock, int tries, TimeSpan firstPause, Func<Exception, bool> mayBeOver) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error && mayBeOver(error)),
                MaxRetryAttempts = tries,
                Delay = firstPause,
                MaxDelay = s_longestPause,
                BackoffType = DelayBackoffType.Exponential,
            })
            .Build();
}
