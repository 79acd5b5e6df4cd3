using System.Diagnostics;
using MedSeg.Devices;

namespace MedSeg.Training;

/// <summary>The peak memory of a run, sampled once per epoch.</summary>
internal sealed class MemoryPeak
{
    private readonly int? _gpu;
    private readonly Func<NvidiaDriver> _driver;
    private long? _peak;

    /// <summary>Initializes a new instance of the <see cref="MemoryPeak"/> class.</summary>
    /// <param name="gpu">The index of the GPU, in CUDA's order; null for the CPU.</param>
    /// <param name="driver">Reads the driver's numbers.</param>
    public MemoryPeak(int? gpu, Func<NvidiaDriver> driver)
    {
        _gpu = gpu;
        _driver = driver;
    }

    /// <summary>Samples the memory.</summary>
    /// <returns>The peak so far in bytes, of the process or of the GPU; null where the driver does not report it.</returns>
    public long? Sample()
    {
        if (_gpu is not { } gpu)
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }

        long? used = _driver().Gpus.ElementAtOrDefault(gpu)?.MemoryUsed;
        _peak = used > _peak || _peak is null ? used : _peak;
        return _peak;
    }
}
