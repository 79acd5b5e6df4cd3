using System.Runtime.InteropServices;
using MedSeg.Errors;

namespace MedSeg.Devices;

/// <summary>Turns exceptions of native code into errors that say what to do.</summary>
internal static class TorchErrors
{
    /// <summary>Explains an exception that was thrown while training.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="batchSize">The run's batch size.</param>
    /// <returns>The error to throw instead; null if the exception needs no explanation.</returns>
    public static MedSegException? Explain(Exception exception, int batchSize)
    {
        if (IsOutOfMemory(exception))
        {
            return new MedSegException(
                ErrorKind.Device,
                ErrorIds.OutOfMemory,
                $"Memory ran out while training with -BatchSize {batchSize}: {FirstLine(exception.Message)}",
                null,
                exception)
            {
                Advice = "Close other programs and continue with -Resume, or start a new run with a smaller -BatchSize, -InputSize or -BaseWidth.",
            };
        }

        return exception is ExternalException
            ? new MedSegException(ErrorKind.Device, ErrorIds.TorchFailed, $"Torch failed while training: {FirstLine(exception.Message)} The last checkpoint is intact.", null, exception)
            {
                Advice = "Continue with -Resume. If it happens again, check the driver of the GPU, or use -Device Cpu.",
            }
            : null;
    }

    /// <summary>Returns whether memory ran out, in managed or in native code.</summary>
    public static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException || (exception is ExternalException && IsOutOfMemory(exception.Message));

    /// <summary>Returns the first line of a native message; the rest is the native stack trace.</summary>
    public static string FirstLine(string message)
    {
        string line = message.AsSpan().Trim().ToString().Split('\n', 2)[0].Trim();
        return line.EndsWith('.') ? line : line + ".";
    }

    // As torch's allocators for the CPU and for CUDA put it.
    private static bool IsOutOfMemory(string message) =>
        message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase) || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("bad_alloc", StringComparison.Ordinal);
}
