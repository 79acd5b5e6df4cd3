using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Tests;

/// <summary>
/// Has the threads of torch's OpenMP wait without spinning in all test processes. Tests run side by side on small tensors, where
/// waiting threads would otherwise take the CPU from those that compute.
/// </summary>
internal static class OpenMPThreads
{
    private const string Variable = "OMP_WAIT_POLICY";

    [ModuleInitializer]
    internal static void WaitWithoutSpinning()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return;
        }

        Environment.SetEnvironmentVariable(Variable, "passive");
        if (!OperatingSystem.IsWindows())
        {
            // On Unix .NET has its own copy of the environment; OpenMP reads that of the process when torch is loaded.
            _ = SetVariable("OMP_WAIT_POLICY\0"u8.ToArray(), "passive\0"u8.ToArray(), 1);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}
