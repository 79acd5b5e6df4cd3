using System.Globalization;

namespace MedSeg.Devices;

/// <summary>A device of this machine: the processor or an NVIDIA card.</summary>
public sealed record DeviceInfo
{
    /// <summary>Gets the name that -Device takes: cpu or cuda:n.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the processor or the card calls itself.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the memory in bytes, of the machine or of the card; null where it is not known.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Gets the memory in bytes that all programs together have in use; null where it is not known.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Gets the free memory in bytes, or null where it is not known.</summary>
    public long? MemoryFree => MemoryTotal - MemoryUsed;

    /// <summary>Gets a value indicating whether this MedSeg can compute on the device.</summary>
    public required bool IsUsable { get; init; }

    /// <summary>Gets a value indicating whether Auto would choose this device. It is true for one device.</summary>
    public required bool IsAutoChoice { get; init; }

    /// <summary>Gets what is wrong and what to do about it; null where nothing is.</summary>
    public string? Remark { get; init; }

    /// <summary>Gets the number of logical processors that MedSeg may use; null for a card.</summary>
    public int? Cores { get; init; }

    /// <summary>Gets the number of threads that share the arithmetic, torch's or MedSeg's own; null for a card.</summary>
    public int? Threads { get; init; }

    /// <summary>Gets the version of a card's driver and the newest CUDA that it runs, for example 550.54.15 (CUDA 12.4); null where it is not known.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>Gets the version of torch that is loaded.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Gets what MedSeg was built with: cpu, cuda-windows or cuda-linux.</summary>
    public required string TorchBackend { get; init; }

    /// <summary>Lists the processor and the NVIDIA cards, those that this MedSeg cannot use included.</summary>
    /// <returns>At least the processor, which is the first.</returns>
    public static IReadOnlyList<DeviceInfo> List() => List(Machine.Read());

    /// <summary>Lists the devices of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <returns>At least the processor, which is the first.</returns>
    internal static IReadOnlyList<DeviceInfo> List(Machine machine)
    {
        int cards = Math.Max(machine.TorchCards, machine.Nvidia.Cards.Count);
        return [Processor(machine), .. Enumerable.Range(0, cards).Select(i => Card(machine, i))];
    }

    private static DeviceInfo Processor(Machine machine) => new()
    {
        Name = "cpu",
        Description = machine.Processor,
        MemoryTotal = machine.Memory.Total,
        MemoryUsed = machine.Memory.Used,
        IsUsable = true,
        IsAutoChoice = machine.TorchCards == 0,

        // A card that its driver does not offer has no line of its own to say so.
        Remark = machine is { TorchCards: 0, Nvidia: { IsInstalled: true, Problem: { } problem } } ? $"No card is listed: {problem}." : null,
        Cores = machine.Cores,
        Threads = machine.Threads,
        TorchVersion = machine.TorchVersion,
        TorchBackend = machine.TorchBackend,
    };

    private static DeviceInfo Card(Machine machine, int index)
    {
        NvidiaGpu? card = machine.Nvidia.Cards.ElementAtOrDefault(index);
        bool usable = index < machine.TorchCards;
        return new DeviceInfo
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"),
            Description = card?.Name ?? "CUDA card",
            MemoryTotal = card?.MemoryTotal,
            MemoryUsed = card?.MemoryUsed,
            IsUsable = usable,
            IsAutoChoice = usable && index == 0,
            Remark = !usable ? machine.WhyCardsAreNotUsed()
                : card?.MemoryUsed is null ? "The NVIDIA driver does not tell the memory in use."
                : null,
            DriverVersion = machine.Nvidia.Version,
            TorchVersion = machine.TorchVersion,
            TorchBackend = machine.TorchBackend,
        };
    }
}
