using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Tests.Threading;

/// <summary>Reports of work on other threads arrive on the thread of the caller.</summary>
public sealed class CallerEventsTests
{
    private static readonly MedSegException s_error = new(ErrorKind.InvalidData, ErrorIds.FolderEmpty, "An error.");

    [Fact]
    public void Callbacks_run_on_the_caller_s_thread_in_their_order()
    {
        int caller = Environment.CurrentManagedThreadId;
        var seen = new List<(string What, int Thread)>();
        var shown = new ManualResetEventSlim();
        void Add(string what) => seen.Add((what, Environment.CurrentManagedThreadId));
        var events = new EngineEvents
        {
            Progress = progress =>
            {
                Add($"{progress.Done} of {progress.Total}");
                shown.Set();
            },
            Decision = Add,
            Warning = Add,
            Error = error => Add(error.Finding),
        };

        int result = CallerEvents.Run(
            (reports, stop) =>
            {
                reports.Decision!("a decision");
                reports.Progress!(new WorkProgress(1, 2));
                Assert.True(shown.Wait(TimeSpan.FromMinutes(1), stop));
                reports.Warning!("a warning");
                reports.Error!(s_error);
                return Environment.CurrentManagedThreadId;
            },
            events,
            TestContext.Current.CancellationToken);

        Assert.NotEqual(caller, result);
        Assert.Equal(["a decision", "1 of 2", "a warning", "An error."], seen.Select(call => call.What));
        Assert.All(seen, call => Assert.Equal(caller, call.Thread));
    }

    [Fact]
    public void Work_has_ended_when_a_callback_throws()
    {
        bool hasEnded = false;
        var events = new EngineEvents { Warning = _ => throw s_error };

        MedSegException thrown = Assert.Throws<MedSegException>(() => CallerEvents.Run(
            (reports, stop) =>
            {
                reports.Warning!("a warning");
                stop.WaitHandle.WaitOne();
                hasEnded = true;
                stop.ThrowIfCancellationRequested();
                return 0;
            },
            events,
            TestContext.Current.CancellationToken));

        Assert.Same(s_error, thrown);
        Assert.True(hasEnded);
    }

    [Fact]
    public void Errors_of_the_work_are_thrown_as_they_are()
    {
        Assert.Same(s_error, Assert.Throws<MedSegException>(() => CallerEvents.Run<int>((_, _) => throw s_error, events: null, CancellationToken.None)));
        Assert.ThrowsAny<OperationCanceledException>(() => CallerEvents.Run(
            (_, stop) =>
            {
                stop.ThrowIfCancellationRequested();
                return 0;
            },
            events: null,
            new CancellationToken(canceled: true)));
    }
}
