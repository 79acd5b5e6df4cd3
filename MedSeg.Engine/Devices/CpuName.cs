using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32;

namespace MedSeg.Devices;

/// <summary>Reads the name of the CPU.</summary>
internal static partial class CpuName
{
    /// <summary>Reads the name.</summary>
    /// <returns>For example AMD EPYC 7763 64-Core Processor; the architecture if the system does not report the name.</returns>
    public static string Read()
    {
        string? name = OperatingSystem.IsWindows() ? ReadWindows()
            : OperatingSystem.IsMacOS() ? ReadMac()
            : FromCpuInfo("/proc/cpuinfo");
        name = name is null ? "" : Tidy(name);
        return name.Length > 0 ? name : $"{RuntimeInformation.ProcessArchitecture} CPU";
    }

    /// <summary>Reads the name from Linux's /proc/cpuinfo, which has none for ARM CPUs.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>The name; null if there is none.</returns>
    internal static string? FromCpuInfo(string path)
    {
        try
        {
            return File.ReadLines(path)
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
                .Split(':', 2).ElementAtOrDefault(1)?.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes trademark signs and repeated spaces.</summary>
    /// <param name="name">The name as the CPU reports it.</param>
    /// <returns>The readable name.</returns>
    internal static string Tidy(string name)
    {
        string plain = name.Replace("(R)", "", StringComparison.OrdinalIgnoreCase).Replace("(TM)", "", StringComparison.OrdinalIgnoreCase);
        return string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    private static string? ReadWindows() =>
        Registry.GetValue(@"HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\CentralProcessor\0", "ProcessorNameString", null) as string;

    private static unsafe string? ReadMac()
    {
        byte[] text = new byte[256];
        nuint length = (nuint)text.Length;
        fixed (byte* start = text)
        {
            return SystemControlByName("machdep.cpu.brand_string", start, ref length, null, 0) == 0
                ? Encoding.UTF8.GetString(text.AsSpan(0, (int)length)).TrimEnd('\0')
                : null;
        }
    }

    // sysctlbyname(3)
    [LibraryImport("libSystem.dylib", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SystemControlByName(string name, byte* oldValue, ref nuint oldLength, void* newValue, nuint newLength);
}
