using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MedSeg;

/// <summary>A device that training can use.</summary>
public sealed record DeviceInfo
{
    /// <summary>Gets the name that -Device takes.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the device is.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the memory in bytes, or null where it is not known.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Gets the memory in use in bytes, or null where it is not known.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Gets the free memory in bytes, or null where it is not known.</summary>
    public long? MemoryFree => MemoryTotal - MemoryUsed;

    /// <summary>Gets a value indicating whether Auto would choose this device.</summary>
    public required bool IsAutoChoice { get; init; }

    /// <summary>Gets the version of torch that is loaded.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Lists the processor and the CUDA devices.</summary>
    /// <returns>At least the processor.</returns>
    public static IReadOnlyList<DeviceInfo> List()
    {
        int cards = torch.cuda_is_available() ? torch.cuda.device_count() : 0;

        // The collector learns of the machine's memory when it collects; before that it reports none in use.
        GC.Collect(0);
        GCMemoryInfo memory = GC.GetGCMemoryInfo(GCKind.Any);
        var devices = new List<DeviceInfo>
        {
            new()
            {
                Name = "cpu",
                Description = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}"),
                MemoryTotal = memory.TotalAvailableMemoryBytes,
                MemoryUsed = memory.MemoryLoadBytes,
                IsAutoChoice = cards == 0,
                TorchVersion = torch.__version__,
            },
        };
        for (int i = 0; i < cards; i++)
        {
            devices.Add(new DeviceInfo { Name = $"cuda:{i}", Description = "CUDA device", IsAutoChoice = i == 0, TorchVersion = torch.__version__ });
        }

        return devices;
    }
}
