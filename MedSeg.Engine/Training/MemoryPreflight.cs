using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Network.Cpu;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Training.Batches;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// Measures the memory of a step before the first epoch, with one slice and with two, and refuses a batch that will not fit: the system
/// ends a process that runs out of memory without a message.
/// </summary>
internal sealed class MemoryPreflight
{
    private const int SampleMilliseconds = 2;
    private readonly Func<long?> _used;
    private readonly Func<MemoryAmount?> _memory;

    /// <summary>Initializes a new instance of the <see cref="MemoryPreflight"/> class.</summary>
    /// <param name="used">Returns the bytes that the process, or all programs on the GPU, use; null where this is unknown.</param>
    /// <param name="memory">Returns the memory of the machine or GPU, and how much of it is in use; null where this is unknown.</param>
    public MemoryPreflight(Func<long?> used, Func<MemoryAmount?> memory)
    {
        _used = used;
        _memory = memory;
    }

    /// <summary>Makes the preflight of a device.</summary>
    public static MemoryPreflight For(torch.Device device)
    {
        if (device.type != DeviceType.CUDA)
        {
            return new MemoryPreflight(() => Environment.WorkingSet, () => SystemMemory.Read());
        }

        return new MemoryPreflight(
            () => NvidiaDriver.Read().Gpus.ElementAtOrDefault(device.index)?.MemoryUsed,
            () => NvidiaDriver.Read().Gpus.ElementAtOrDefault(device.index) is { MemoryTotal: { } total, MemoryUsed: { } used }
                ? new MemoryAmount(total, used)
                : null);
    }

    /// <summary>Measures a step.</summary>
    /// <param name="network">The network; its gradients are zero afterwards, its weights unchanged.</param>
    /// <param name="batchSize">The slices of a step.</param>
    /// <param name="device">The device.</param>
    /// <returns>The bytes that a step is expected to need in addition to those in use, and the free bytes; null where they are unknown.</returns>
    /// <exception cref="MedSegException">A step will not fit (<c>MemoryShort</c>).</exception>
    public (long Needed, long Free)? Check(SegmentationNetwork network, int batchSize, torch.Device device)
    {
        // Memory that the process kept from an earlier run would hide what this one needs.
        ScratchMemory.Release();
        if (_used() is not { } before || _memory() is not { } memory)
        {
            return null;
        }

        long one = Peak(network, 1, device) - before;
        long perSlice = batchSize > 1 ? Math.Max(0, Peak(network, 2, device) - before - one) : 0;

        // The optimiser briefly holds two more copies of the parameters.
        long fix = one - perSlice + (2 * sizeof(float) * network.Parameters.Values.NumberOfElements);
        return (Require(fix, perSlice, batchSize, memory.Total - memory.Used, device.ToString()), memory.Total - memory.Used);
    }

    /// <summary>Compares the needed memory with the free memory.</summary>
    /// <param name="fix">The bytes that a step takes apart from its slices.</param>
    /// <param name="perSlice">The bytes that each slice takes.</param>
    /// <param name="batchSize">The slices of a step.</param>
    /// <param name="free">The bytes that are free.</param>
    /// <param name="device">The device, for the message.</param>
    /// <returns>The bytes that a step takes with all its slices.</returns>
    /// <exception cref="MedSegException">It will not fit (<c>MemoryShort</c>).</exception>
    internal static long Require(long fix, long perSlice, int batchSize, long free, string device)
    {
        long needed = fix + (perSlice * batchSize);
        if (needed <= free)
        {
            return needed;
        }

        long fits = perSlice > 0 ? Math.Max(0, Math.Min(batchSize - 1, (free - fix) / perSlice)) : 0;
        string smaller = fits >= 1 ? $"-BatchSize {fits} would fit." : "Not even one slice fits.";
        throw new MedSegException(
            ErrorKind.Device,
            ErrorIds.MemoryShort,
            $"A step of {batchSize} slices takes about {Gigabytes(needed)} GB; {Gigabytes(free)} GB are free on {device}. {smaller}")
        {
            Advice = fits >= 1
                ? $"Use this, or -Shares {(batchSize + fits - 1) / fits} to compute the batch in parts, or a smaller -InputSize or -BaseWidth; or end other programs."
                : $"Use {(device.StartsWith("cpu", StringComparison.Ordinal) ? "-SaveMemory, or " : string.Empty)}a smaller -InputSize or -BaseWidth; or end other programs.",
        };
    }

    private static string Gigabytes(long bytes) => (bytes / (double)(1 << 30)).ToString("0.0", CultureInfo.InvariantCulture);

    private long Peak(SegmentationNetwork network, int count, torch.Device device)
    {
        long peak = _used() ?? 0;
        using var end = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            while (!end.Wait(SampleMilliseconds))
            {
                peak = Math.Max(peak, _used() ?? 0);
            }
        });
        watcher.Start();
        try
        {
            Step(network, count, device);
        }
        finally
        {
            end.Set();
            watcher.Join();
        }

        return Math.Max(peak, _used() ?? 0);
    }

    private static void Step(SegmentationNetwork network, int count, torch.Device device)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        var shape = new InputShape(network.Options.Channels, network.Options.InputSize);
        (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(new float[count * shape.Length], new byte[count * shape.Plane], count, shape, device);
        using TrainingPass pass = network.Train(image);
        pass.Backward(SegmentationLoss.Compute(LossFunction.Dice, pass.Outputs, new LossTargets(label, network.Options.RoiCount)));
        using IDisposable noGradient = torch.no_grad();
        network.Parameters.Gradients.zero_();
    }
}
