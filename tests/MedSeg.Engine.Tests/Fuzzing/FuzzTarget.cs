using System.Diagnostics;
using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Tests.Fuzzing;

/// <summary>
/// A reader under test: any file must be read, or refused with a <see cref="FileFormatException"/> that names the file, in little time
/// and memory.
/// </summary>
/// <param name="path">The path that the reader is given, with which messages must begin.</param>
/// <param name="limit">The bytes that reading a file may allocate.</param>
/// <param name="read">Reads a file and asserts what holds of its content. It may change the limit.</param>
internal sealed class FuzzTarget(string path, Func<byte[], long> limit, Action<byte[], AllocationLimit> read)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Initializes a new instance of the <see cref="FuzzTarget"/> class whose limit depends on the file's size alone.</summary>
    public FuzzTarget(string path, Func<byte[], long> limit, Action<byte[]> read)
        : this(path, limit, (file, _) => read(file))
    {
    }

    /// <summary>Gets the number of mutations: the environment variable MEDSEG_FUZZ_RUNS, to fuzz longer than a test run allows.</summary>
    /// <param name="usual">The number without the variable.</param>
    public static int Runs(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("MEDSEG_FUZZ_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : usual;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="which">What the file is, for the failure.</param>
    /// <returns>Whether it was refused.</returns>
    public bool IsRefused(byte[] file, string which)
    {
        var watch = Stopwatch.StartNew();
        bool isRefused = IsRefusedInBoundedMemory(file, which);
        if (watch.Elapsed >= s_patience)
        {
            // A busy machine may let the process wait, so only a file that is slow twice fails.
            watch.Restart();
            IsRefusedInBoundedMemory(file, which);
            Assert.True(watch.Elapsed < s_patience, $"{which} took {watch.Elapsed}: {Convert.ToHexString(file)}");
        }

        return isRefused;
    }

    private bool IsRefusedInBoundedMemory(byte[] file, string which)
    {
        var allowed = new AllocationLimit(limit(file));
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(file, allowed);
            return false;
        }
        catch (FileFormatException error)
        {
            Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
            return true;
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{which}: {Convert.ToHexString(file)}", error);
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= allowed.Bytes, $"{which} allocated {allocated} bytes; the limit is {allowed.Bytes}: {Convert.ToHexString(file)}");
        }
    }
}
