using System.Runtime.InteropServices;

namespace MedSeg.Devices;

/// <summary>
/// The part of NVIDIA's management library (NVML) that reports the memory in use, as nvidia-smi shows it. Signatures are those of
/// NVIDIA's nvml.h (CUDA 12): nvmlReturn_t is 32 bits, nvmlDevice_t a pointer, and nvmlMemory_t three unsigned long
/// long: total, free, used. See docs.nvidia.com/deploy/nvml-api.
/// </summary>
internal sealed unsafe class NvmlLibrary : IDisposable
{
    private readonly nint _library;

    private NvmlLibrary(nint library) => _library = library;

    /// <summary>Loads and initializes the library.</summary>
    /// <param name="paths">Names or paths to try.</param>
    /// <returns>The library; null if none of them loads and initializes.</returns>
    public static NvmlLibrary? Open(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            // It stays loaded, because torch may use the same library.
            if (NativeLibrary.TryLoad(path, out nint library)
                && NativeLibrary.TryGetExport(library, "nvmlInit_v2", out nint initialize)
                && ((delegate* unmanaged<int>)initialize)() == 0)
            {
                return new NvmlLibrary(library);
            }
        }

        return null;
    }

    /// <summary>Reads the memory of a GPU.</summary>
    /// <param name="identifier">The unique identifier of the GPU.</param>
    /// <returns>Total and used bytes; null if NVML does not report them.</returns>
    public MemoryAmount? Memory(Guid identifier)
    {
        // An instance of a partitioned GPU has an identifier of its own, with another prefix.
        if ((Handle($"GPU-{identifier}") ?? Handle($"MIG-{identifier}")) is not { } device || !TryExport("nvmlDeviceGetMemoryInfo", out nint call))
        {
            return null;
        }

        ulong* memory = stackalloc ulong[3];
        return ((delegate* unmanaged<nint, ulong*, int>)call)(device, memory) == 0 ? new MemoryAmount((long)memory[0], (long)memory[2]) : null;
    }

    /// <summary>Gets the driver's version.</summary>
    /// <returns>For example 550.54.15; null if NVML does not report it.</returns>
    public string? DriverVersion()
    {
        // NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE
        const int Length = 80;
        byte* version = stackalloc byte[Length];
        bool isReported = TryExport("nvmlSystemGetDriverVersion", out nint call) && ((delegate* unmanaged<byte*, uint, int>)call)(version, Length) == 0;
        return isReported ? Marshal.PtrToStringUTF8((nint)version) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (TryExport("nvmlShutdown", out nint call))
        {
            _ = ((delegate* unmanaged<int>)call)();
        }
    }

    private nint? Handle(string identifier)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(identifier);
        try
        {
            nint device;
            return TryExport("nvmlDeviceGetHandleByUUID", out nint call) && ((delegate* unmanaged<byte*, nint*, int>)call)((byte*)text, &device) == 0 ? device : null;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private bool TryExport(string name, out nint address) => NativeLibrary.TryGetExport(_library, name, out address);
}
