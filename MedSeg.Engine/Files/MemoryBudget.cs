using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>
/// The memory that one file may take. Compressed and sparse files of a few megabytes can demand a thousand times their size, and a process
/// that runs out of memory is ended by the system, often without a message.
/// </summary>
internal static class MemoryBudget
{
    /// <summary>The environment variable that sets the budget, in GiB.</summary>
    public const string Variable = "MEDSEG_FILE_MEMORY_GB";

    private const double DefaultGigabytes = 1;
    private const double MostGigabytes = 1 << 20;

    /// <summary>Gets the budget in bytes: 1 GiB, or what the environment variable says.</summary>
    public static long Bytes => (long)(Gigabytes * (1 << 30));

    private static double Gigabytes =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.Float, CultureInfo.InvariantCulture, out double set) && set > 0
            ? Math.Min(set, MostGigabytes)
            : DefaultGigabytes;

    /// <summary>Refuses what needs more than the budget, before memory is allocated.</summary>
    /// <param name="bytes">The bytes that are needed.</param>
    /// <param name="what">What needs them, with an article, for example <c>An image of 20000 × 20000 pixels</c>.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <exception cref="FileFormatException"><c>FileTooLarge</c>: it is more than the budget.</exception>
    public static void Require(double bytes, string what, string path)
    {
        if (bytes > Bytes)
        {
            throw TooLarge(bytes, what, path);
        }
    }

    /// <summary>Makes the error of a file that needs more than the budget.</summary>
    /// <param name="bytes">The bytes that are needed, or that are known to be needed.</param>
    /// <param name="what">What needs them, with an article.</param>
    /// <param name="path">The absolute path of the file.</param>
    public static FileFormatException TooLarge(double bytes, string what, string path)
    {
        double needed = bytes / (1 << 30);
        return new FileFormatException(
            ErrorIds.FileTooLarge,
            path,
            string.Create(CultureInfo.InvariantCulture, $"{what} takes {needed:0.0} GB of memory; at most {Gigabytes:0.##} GB are allowed for one file."))
        {
            Advice = string.Create(CultureInfo.InvariantCulture, $"If the file is what you expect, allow more: set the environment variable {Variable} to {Math.Ceiling(needed + 0.1):0} and run the command again."),
        };
    }
}
