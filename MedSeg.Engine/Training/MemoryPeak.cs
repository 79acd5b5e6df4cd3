using System.Diagnostics;
using MedSeg.Devices;

namespace MedSeg.Training;

/// <summary>The most memory that a run takes, looked at once an epoch.</summary>
internal sealed class MemoryPeak
{
    private readonly int? _card;
    private readonly Func<NvidiaDriver> _driver;
    private long? _peak;

    /// <summary>Initializes a new instance of the <see cref="MemoryPeak"/> class.</summary>
    /// <param name="card">The card that computes, in CUDA's order; null for the processor.</param>
    /// <param name="driver">Asks the driver.</param>
    public MemoryPeak(int? card, Func<NvidiaDriver> driver)
    {
        _card = card;
        _driver = driver;
    }

    /// <summary>Looks at the memory.</summary>
    /// <returns>The most so far in bytes: of the process, or of the card; null where the driver does not tell.</returns>
    public long? Sample()
    {
        if (_card is not { } card)
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }

        long? used = _driver().Gpus.ElementAtOrDefault(card)?.MemoryUsed;
        _peak = used > _peak || _peak is null ? used : _peak;
        return _peak;
    }
}
