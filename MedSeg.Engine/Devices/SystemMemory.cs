using System.Runtime.InteropServices;

namespace MedSeg.Devices;

/// <summary>The memory of the machine, as the operating system reports it.</summary>
internal static partial class SystemMemory
{
    /// <summary>Reads the memory that this process may use, and how much of it is in use.</summary>
    /// <returns>Total and used bytes.</returns>
    public static MemoryAmount Read()
    {
        if (OperatingSystem.IsWindows() && ReadWindows() is { } windows)
        {
            return windows;
        }

        return (OperatingSystem.IsLinux() ? LinuxMemory.Read("/") : null) ?? ReadFromCollector();
    }

    // The garbage collector measures the machine's memory when it collects; before that it reports none in use.
    private static MemoryAmount ReadFromCollector()
    {
        GC.Collect(0);
        GCMemoryInfo memory = GC.GetGCMemoryInfo(GCKind.Any);
        return new MemoryAmount(memory.TotalAvailableMemoryBytes, memory.MemoryLoadBytes);
    }

    private static unsafe MemoryAmount? ReadWindows()
    {
        var status = new MemoryStatus { Length = (uint)sizeof(MemoryStatus) };
        return GlobalMemoryStatusEx(ref status) ? new MemoryAmount((long)status.TotalPhysical, (long)(status.TotalPhysical - status.AvailablePhysical)) : null;
    }

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GlobalMemoryStatusEx(ref MemoryStatus status);

    // MEMORYSTATUSEX of sysinfoapi.h, 64 bytes.
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryStatus
    {
        public uint Length;
        public uint MemoryLoad;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
