using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Settings of torch and of the libraries below it. Environment variables that the user has set take precedence.</summary>
internal static unsafe partial class TorchSettings
{
    // glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    private const int LargeBlock = 1 << 20;

    // at::globalContext() and at::Context::setUserEnabledNNPACK(bool), as compilers other than Microsoft's name them.
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string SetNnpack = "_ZN2at7Context20setUserEnabledNNPACKEb";

    /// <summary>Applies the settings that must be made before torch is loaded.</summary>
    /// <returns>Whether freed memory is kept for reuse; false if the system has no such setting or the user chose another.</returns>
    public static bool Apply() => OperatingSystem.IsLinux() && KeepMemory();

    /// <summary>Returns the memory that was kept because of <see cref="Apply"/> to the system, once training or segmentation has ended.</summary>
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

    /// <summary>
    /// Makes glibc return each block of 1 MiB or more to the system as soon as it is free. That takes time, but leaves no gaps between the blocks that
    /// torch's convolutions use.
    /// </summary>
    /// <returns>Disposal keeps memory again, as <see cref="Apply"/> does; null if the system has no such setting or the user chose another.</returns>
    public static IDisposable? ReturnLargeBlocks()
    {
        if (!Apply() || SetMalloc(MapThreshold, LargeBlock) == 0)
        {
            return null;
        }

        return new KeptAgain();
    }

    /// <summary>Applies the settings of one of torch's libraries.</summary>
    /// <param name="library">The handle of the library.</param>
    public static void ApplyTo(nint library)
    {
        // Torch asks NNPACK to compute small convolutions of one slice. On many virtual machines NNPACK cannot, and writes a warning
        // to standard error each time.
        if (NativeLibrary.TryGetExport(library, GlobalContext, out nint context) && NativeLibrary.TryGetExport(library, SetNnpack, out nint set))
        {
            ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), 0);
        }
    }

    /// <summary>
    /// Allows or forbids GPUs to round the factors of products to TF32, which torch allows by default in cuDNN's convolutions. The
    /// setting holds for the whole process.
    /// </summary>
    /// <param name="allowed">Whether TF32 is allowed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AllowTF32(bool allowed)
    {
        torch.backends.cuda.matmul.allow_tf32 = allowed;
        torch.backends.cudnn.allow_tf32 = allowed;
    }

    /// <summary>
    /// Claims the threads that torch would use for <see cref="CpuParallel"/>. Where MedSeg computes the convolutions, this limits torch to
    /// one thread in the whole process: its threads spin for milliseconds after each operation and would keep MedSeg's from their
    /// work, and what is left to torch is small.
    /// </summary>
    /// <returns>The number of threads, the calling one included.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ReserveThreads()
    {
        int threads = Math.Clamp(torch.get_num_threads(), 1, Environment.ProcessorCount);
        if (CpuFeatures.PrefersOwnConvolutions)
        {
            torch.set_num_threads(1);
        }

        return threads;
    }

    /// <summary>Returns whether the user has configured how glibc manages memory.</summary>
    /// <param name="environment">The environment variables.</param>
    internal static bool IsMemoryChosen(IDictionary environment) =>
        environment.Keys.Cast<string>().Any(name => name is "MALLOC_MMAP_THRESHOLD_" or "MALLOC_TRIM_THRESHOLD_" or "MALLOC_TOP_PAD_" or "GLIBC_TUNABLES");

    // By default, glibc returns the memory of every large tensor to the system and requests it again at the next step, page by page,
    // which takes longer than the arithmetic. Kept memory stays with the process, whose peak is somewhat higher. See docs/speed.md.
    private static bool KeepMemory()
    {
        if (IsMemoryChosen(Environment.GetEnvironmentVariables()))
        {
            return false;
        }

        try
        {
            // Before glibc 2.35, the maximum is 32 MiB.
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

    private sealed class KeptAgain : IDisposable
    {
        public void Dispose() => Apply();
    }
}
