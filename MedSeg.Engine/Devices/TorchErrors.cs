using System.Runtime.InteropServices;
using MedSeg.Errors;

namespace MedSeg.Devices;

/// <summary>Turns what goes wrong in native code into errors that say what to do.</summary>
internal static class TorchErrors
{
    /// <summary>Explains an exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="batchSize">The run's batch size.</param>
    /// <returns>The error to show in its place; null where it speaks for itself.</returns>
    public static MedSegException? Explain(Exception exception, int batchSize)
    {
        if (IsOutOfMemory(exception))
        {
            return new MedSegException(
                ErrorKind.Device,
                "OutOfMemory",
                $"Memory ran out while training with -BatchSize {batchSize}: {FirstLine(exception.Message)}",
                null,
                exception)
            {
                Advice = "End other programs and continue with -Resume, or start anew with a smaller -BatchSize, -InputSize or -BaseWidth.",
            };
        }

        return exception is ExternalException
            ? new MedSegException(ErrorKind.Device, "TorchFailed", $"torch failed while training: {FirstLine(exception.Message)} The last checkpoint is whole: go on with -Resume. If it happens again, check the driver of the graphics card, or use -Device Cpu.", null, exception)
            : null;
    }

    /// <summary>Tells whether memory ran out, in managed or in native code.</summary>
    public static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException || (exception is ExternalException && IsOutOfMemory(exception.Message));

    /// <summary>Takes the first line of a native message; the rest is the native stack.</summary>
    public static string FirstLine(string message)
    {
        string line = message.AsSpan().Trim().ToString().Split('\n', 2)[0].Trim();
        return line.EndsWith('.') ? line : line + ".";
    }

    // The words of torch's allocators for the processor and for CUDA.
    private static bool IsOutOfMemory(string message) =>
        message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase) || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("bad_alloc", StringComparison.Ordinal);
}
