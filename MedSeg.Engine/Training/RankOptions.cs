using MedSeg.Errors;

namespace MedSeg.Training;

/// <summary>The options of a run whose batches are divided among several processes.</summary>
internal static class RankOptions
{
    /// <summary>Completes the options, and refuses those that cannot be used together.</summary>
    /// <param name="options">The options.</param>
    /// <param name="device">The device, or several, separated by commas.</param>
    /// <param name="ranks">The number of processes that train together.</param>
    /// <returns>The options, with the number of shares.</returns>
    /// <exception cref="MedSegException"><c>SharesNotPossible</c>: there are fewer shares than ranks, or several devices in one process.</exception>
    public static TrainingOptions For(TrainingOptions options, string device, int ranks)
    {
        TrainingOptions complete = options.Shares == 0 && ranks > 1 ? options with { Shares = ranks } : options;
        if (complete.Shares < ranks && ranks > 1)
        {
            string shares = complete.Shares == 1 ? "1 share" : $"{complete.Shares} shares";
            throw Refuse($"{ranks} ranks cannot train {shares} of a batch (-Shares).", "Start at most as many ranks as shares.");
        }

        if (complete.Shares > 1 && device.Contains(',', StringComparison.Ordinal))
        {
            throw Refuse(
                $"-Device {device} divides a batch among devices of one process, and -Shares {complete.Shares} divides it as well.",
                "Give one -Device, and start a rank for each GPU, or leave out -Shares and -Distributed.");
        }

        complete.Validate();
        return complete;
    }

    private static MedSegException Refuse(string finding, string advice) =>
        new(ErrorKind.InvalidArgument, ErrorIds.SharesNotPossible, finding) { Advice = advice };
}
