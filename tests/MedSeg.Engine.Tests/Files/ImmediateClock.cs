namespace MedSeg.Tests.Files;

/// <summary>A clock whose timers fire at once; it adds up how long they would have taken.</summary>
internal sealed class ImmediateClock : TimeProvider
{
    private long _ticks;

    /// <summary>Gets the time that was waited for.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Add(ref _ticks, Math.Max(0, dueTime.Ticks));
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
