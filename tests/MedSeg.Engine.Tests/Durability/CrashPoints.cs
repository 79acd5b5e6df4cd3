using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Tests.Durability;

/// <summary>Interrupts a case at its calls, one after another, and counts.</summary>
/// <param name="work">The case.</param>
/// <param name="folder">A folder for the results, which is on a disk in memory if there is one.</param>
/// <param name="step">1 for every call, more to leave some out.</param>
/// <param name="report">The absolute path of a text file that gets a line for each kind of fault: how many points were tried, and how they ended.</param>
internal sealed class CrashPoints(CrashCase work, string folder, int step, string report)
{
    /// <summary>Gets the number of points.</summary>
    public int Points { get; private set; }

    /// <summary>Lets calls fail.</summary>
    /// <param name="kind">How.</param>
    public void Fail(FaultKind kind)
    {
        (int points, int refused) = (0, 0);
        for (int call = 1 + (int)kind % step; ; call += step)
        {
            string target = Fresh();
            FaultLibrary.Watch(target);
            FaultLibrary.Arm(call, kind);
            MedSegException? error = null;
            try
            {
                work.Run(target);
            }
            catch (MedSegException e)
            {
                error = e;
            }
            catch (Exception e)
            {
                FaultLibrary.Release();
                throw new InvalidOperationException($"{work.Name}, {kind} at call {call}: {e}", e);
            }
            finally
            {
                FaultLibrary.Release();
            }

            if (!FaultLibrary.LastHit)
            {
                break;
            }

            points++;
            refused += error is null ? 0 : 1;
            Require(error is null or { Advice.Length: > 0 }, $"{kind} at call {call}", () => work.Check(target), $" It ended with: {error?.Message}");
        }

        Add($"{kind}: {points} points; {refused} ended with an error that says what to do, {points - refused} finished");
        Points += points;
    }

    /// <summary>Ends the process, or cuts the power, after each call.</summary>
    public void Crash()
    {
        string source = Fresh();
        IReadOnlyList<RecordedCall> calls = FaultLibrary.Record(source, () => work.Run(source));
        Assert.NotEmpty(calls);
        var disk = new DiskModel();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int call = 0; call <= calls.Count; call++)
        {
            if (call > 0)
            {
                disk.Do(calls[call - 1]);
            }

            foreach (DiskState state in disk.States().Where((_, i) => (call + i) % step == 0))
            {
                counts[state.What] = counts.GetValueOrDefault(state.What) + 1;
                if (seen.Add(state.Fingerprint()))
                {
                    string target = Fresh();
                    state.Restore(source, target);
                    Require(true, $"{state.What} after call {call} ({Describe(calls, call)})", () => work.Check(target), string.Empty);
                }
            }
        }

        Add(string.Create(CultureInfo.InvariantCulture, $"crashes after {calls.Count} calls: {counts.Values.Sum()} points, {seen.Count} different disks"));
        foreach ((string what, int count) in counts)
        {
            Add($"  {what}: {count}");
        }

        Points += counts.Values.Sum();
    }

    private static string Describe(IReadOnlyList<RecordedCall> calls, int call) =>
        call == 0 ? "start" : $"{calls[call - 1].Kind} {Path.GetFileName(calls[call - 1].Path)} {Path.GetFileName(calls[call - 1].Other)}";

    private void Require(bool condition, string point, Action check, string more)
    {
        try
        {
            Assert.True(condition, "The error does not say what to do.");
            check();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{work.Name}, {point}: {e.Message}{more}", e);
        }
    }

    private void Add(string line) => File.AppendAllText(report, $"{work.Name}, {line}\n");

    private string Fresh()
    {
        string target = Path.Combine(folder, "crash");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        return target;
    }
}
