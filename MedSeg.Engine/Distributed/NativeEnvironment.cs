using System.Runtime.InteropServices;

namespace MedSeg.Distributed;

/// <summary>The environment variables that native libraries see. On Unix, .NET keeps a copy: what it sets never reaches them.</summary>
internal static partial class NativeEnvironment
{
    private const string UcxHandler = "UCX_HANDLE_ERRORS";

    /// <summary>
    /// Keeps UCX, which Open MPI and MPICH may use below, from handling SIGSEGV: .NET makes NullReferenceExceptions of that signal, and with
    /// UCX's handler the process ends instead. Does nothing on Windows, which has no UCX.
    /// </summary>
    /// <returns>The value that the user set instead, which leaves the handler in place; null where there is none.</returns>
    public static string? KeepUcxFromHandlingSignals()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        if (Marshal.PtrToStringUTF8(Get(UcxHandler)) is { } value)
        {
            return value == "none" ? null : value;
        }

        _ = Set(UcxHandler, "none", 1);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
