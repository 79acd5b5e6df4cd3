using System.Globalization;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Chooses the device that computes.</summary>
internal static class DeviceSelection
{
    /// <summary>Turns a device's name into a device.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; upper or lower case.</param>
    /// <returns>The device.</returns>
    /// <exception cref="MedSegException">The name is unknown, or CUDA is asked for and not there.</exception>
    public static torch.Device Resolve(string name) =>
        CardIndex(name, Machine.Read) is { } card ? torch.device(DeviceType.CUDA, card) : torch.CPU;

    /// <summary>Turns the names of devices that work together into devices.</summary>
    /// <param name="names">Names with commas between them.</param>
    /// <returns>The devices, in that order.</returns>
    /// <exception cref="MedSegException">A name is unknown, or CUDA is asked for and not there.</exception>
    public static IReadOnlyList<torch.Device> ResolveAll(string names) => [.. names.Split(',').Select(Resolve)];

    /// <summary>Turns a device's name into the place of a card.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; upper or lower case.</param>
    /// <param name="read">Looks at the machine; not called for cpu.</param>
    /// <returns>The n of cuda:n, or null for the processor.</returns>
    /// <exception cref="MedSegException">The name is unknown, or CUDA is asked for and not there.</exception>
    internal static int? CardIndex(string name, Func<Machine> read)
    {
        string lower = name.ToLowerInvariant();
        if (lower == "cpu")
        {
            return null;
        }

        int index = 0;
        if (lower is not ("auto" or "cuda")
            && (!lower.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(lower[5..], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "DeviceUnknown", $"'{name}' is no device; give Auto, Cpu, Cuda or Cuda:n.");
        }

        Machine machine = read();
        return index < machine.TorchCards ? index
            : lower == "auto" ? null
            : throw new MedSegException(ErrorKind.Device, "CudaNotAvailable", $"The device '{name}' was asked for, but {WhatIsThere(machine, index)} Or use -Device Cpu.");
    }

    private static string WhatIsThere(Machine machine, int index)
    {
        if (index < machine.Nvidia.Cards.Count)
        {
            return $"its card, {machine.Nvidia.Cards[index].Name}, cannot be used. {machine.WhyCardsAreNotUsed()}";
        }

        if (Math.Max(machine.TorchCards, machine.Nvidia.Cards.Count) > 0)
        {
            string there = string.Join(", ", DeviceInfo.List(machine).Skip(1).Select(card => $"{card.Name} ({card.Description})"));
            return machine.TorchCards > 0
                ? $"there are only {there}. Give one of these."
                : $"there are only {there}, which cannot be used. {machine.WhyCardsAreNotUsed()}";
        }

        string build = machine.TorchBackend == Machine.ProcessorOnly ? $" {machine.WhyCardsAreNotUsed()}" : "";
        return $"{machine.Nvidia.Problem ?? "there is no CUDA card"}. Check the card and its NVIDIA driver.{build}";
    }
}
