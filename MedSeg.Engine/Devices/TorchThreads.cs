using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Lends torch all threads while it computes a network on the CPU; otherwise it has one, since MedSeg's own code computes there.</summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly int _before = torch.get_num_threads();

    private TorchThreads(int threads) => torch.set_num_threads(threads);

    /// <summary>Lends the threads until the returned object is disposed of.</summary>
    /// <param name="device">The device that computes.</param>
    /// <returns>What takes the threads back; null where torch does not compute on the CPU.</returns>
    public static TorchThreads? All(torch.Device device) => device.type == DeviceType.CPU ? new TorchThreads(CpuParallel.Threads) : null;

    /// <inheritdoc/>
    public void Dispose() => torch.set_num_threads(_before);
}
