using System.Globalization;

namespace MedSeg.Distributed;

/// <summary>Ends a wait for other ranks that takes too long: the call that waits never returns by itself.</summary>
internal sealed class Watchdog
{
    private readonly TimeSpan _limit;
    private readonly Action<string> _onTimeout;
    private string _waitsFor = string.Empty;

    /// <summary>Initializes a new instance of the <see cref="Watchdog"/> class.</summary>
    /// <param name="limit">The longest wait; zero to wait for ever.</param>
    /// <param name="onTimeout">Receives what was waited for, and for how long, on another thread.</param>
    public Watchdog(TimeSpan limit, Action<string> onTimeout) => (_limit, _onTimeout) = (limit, onTimeout);

    /// <summary>Starts a wait, which ends when the returned object is disposed of.</summary>
    /// <param name="what">What is waited for, as the start of a sentence.</param>
    public IDisposable? Watch(string what)
    {
        WaitFor(what);
        return _limit > TimeSpan.Zero ? new Timer(_ => _onTimeout(Describe()), null, _limit, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Changes what is waited for; the time goes on.</summary>
    /// <param name="what">What is waited for, as the start of a sentence.</param>
    public void WaitFor(string what) => Volatile.Write(ref _waitsFor, what);

    private string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref _waitsFor)} has not answered for {_limit.TotalSeconds:0.#} s.");
}
