using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Settings of torch and of the libraries below it. What the user has set in the environment stands.</summary>
internal static unsafe partial class TorchSettings
{
    // glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    // at::globalContext() and at::Context::setUserEnabledNNPACK(bool), as compilers other than Microsoft's name them.
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string SetNnpack = "_ZN2at7Context20setUserEnabledNNPACKEb";

    /// <summary>Makes the settings that come before torch is loaded.</summary>
    /// <returns>Whether memory is kept; false where the system has no such settings or the user made others.</returns>
    public static bool Apply() => OperatingSystem.IsLinux() && KeepMemory();

    /// <summary>Gives the system back what <see cref="Apply"/> keeps, once training or segmentation has ended.</summary>
    public static void GiveMemoryBack()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = TrimMalloc(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Not glibc: nothing was kept.
        }
    }

    /// <summary>Makes the settings of a library of torch.</summary>
    /// <param name="library">Its handle.</param>
    public static void ApplyTo(nint library)
    {
        // Torch asks NNPACK to compute small convolutions of one slice. On many virtual machines it cannot, and says so on the error
        // output at each of them.
        if (NativeLibrary.TryGetExport(library, GlobalContext, out nint context) && NativeLibrary.TryGetExport(library, SetNnpack, out nint set))
        {
            ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), 0);
        }
    }

    /// <summary>
    /// Says whether cards may round the factors of products to TF32, which torch left alone does in cuDNN's convolutions. It holds for
    /// the whole process.
    /// </summary>
    /// <param name="allowed">Whether they may.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AllowTF32(bool allowed)
    {
        torch.backends.cuda.matmul.allow_tf32 = allowed;
        torch.backends.cudnn.allow_tf32 = allowed;
    }

    /// <summary>Tells whether the user has set how glibc deals with memory.</summary>
    /// <param name="environment">The variables.</param>
    internal static bool IsMemoryChosen(IDictionary environment) =>
        environment.Keys.Cast<string>().Any(name => name is "MALLOC_MMAP_THRESHOLD_" or "MALLOC_TRIM_THRESHOLD_" or "MALLOC_TOP_PAD_" or "GLIBC_TUNABLES");

    // Left alone, glibc returns every large tensor to the system and asks for it again at the next step, page by page, which takes
    // longer than the arithmetic. Kept, it stays with the process, which holds somewhat more at its peak. See docs/speed.md.
    private static bool KeepMemory()
    {
        if (IsMemoryChosen(Environment.GetEnvironmentVariables()))
        {
            return false;
        }

        try
        {
            // Before glibc 2.35, 32 MiB is the most that is taken.
            bool isThresholdSet = SetMalloc(MapThreshold, 1 << 30) != 0 || SetMalloc(MapThreshold, 1 << 25) != 0;
            bool isTrimSet = SetMalloc(TrimThreshold, int.MaxValue) != 0;
            return SetMalloc(TopPad, 1 << 26) != 0 && isThresholdSet && isTrimSet;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, such as musl, has no such settings.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimMalloc(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMalloc(int parameter, int value);
}
