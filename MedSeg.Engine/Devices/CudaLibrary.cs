using System.Globalization;
using System.Runtime.InteropServices;

namespace MedSeg.Devices;

/// <summary>
/// The part of the CUDA driver API that tells of cards without making a context, which would take memory of them.
/// Signatures are those of NVIDIA's cuda.h (CUDA 12): CUresult, CUdevice and int are 32 bits, CUuuid is 16 bytes, and
/// cuDeviceTotalMem is a macro for cuDeviceTotalMem_v2, which takes a size_t. See docs.nvidia.com/cuda/cuda-driver-api,
/// Device Management.
/// </summary>
internal sealed unsafe class CudaLibrary
{
    private const int NoDevice = 100;

    private readonly nint _library;

    private CudaLibrary(nint library) => _library = library;

    /// <summary>Loads the library.</summary>
    /// <param name="paths">Names or paths to try.</param>
    /// <returns>The library, or null where none of them loads.</returns>
    public static CudaLibrary? Load(IEnumerable<string> paths)
    {
        // It stays loaded: torch may use the same, and a driver is not made to be unloaded.
        foreach (string path in paths)
        {
            if (NativeLibrary.TryLoad(path, out nint library))
            {
                return new CudaLibrary(library);
            }
        }

        return null;
    }

    /// <summary>Starts the driver and counts the cards that it offers; CUDA_VISIBLE_DEVICES is honoured.</summary>
    /// <param name="count">The number of cards, 0 where there is a problem.</param>
    /// <returns>What is wrong, as the end of a sentence, or null.</returns>
    public string? Initialize(out int count)
    {
        count = 0;
        if (!TryExport("cuInit", out nint initialize) || !TryExport("cuDeviceGetCount", out nint counter))
        {
            return "the NVIDIA driver's library has no cuInit or cuDeviceGetCount";
        }

        int found = 0;
        int result = ((delegate* unmanaged<uint, int>)initialize)(0);
        if (result == 0)
        {
            result = ((delegate* unmanaged<int*, int>)counter)(&found);
        }

        if (result != 0)
        {
            return result == NoDevice ? NoCard() : $"the NVIDIA driver does not start: {ErrorName(result)}";
        }

        count = Math.Max(found, 0);
        return count == 0 ? NoCard() : null;
    }

    /// <summary>Gets the handle of a card.</summary>
    /// <param name="ordinal">Its place in CUDA's order.</param>
    /// <returns>The handle, or null.</returns>
    public int? Device(int ordinal)
    {
        int device;
        return TryExport("cuDeviceGet", out nint call) && ((delegate* unmanaged<int*, int, int>)call)(&device, ordinal) == 0 ? device : null;
    }

    /// <summary>Gets a card's name.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>The name, or null.</returns>
    public string? Name(int device)
    {
        const int Length = 256;
        byte* name = stackalloc byte[Length];
        bool told = TryExport("cuDeviceGetName", out nint call) && ((delegate* unmanaged<byte*, int, int, int>)call)(name, Length, device) == 0;
        return told && Marshal.PtrToStringUTF8((nint)name) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Gets a card's memory.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>Bytes, or null.</returns>
    public long? MemoryTotal(int device)
    {
        nuint bytes;
        return TryExport("cuDeviceTotalMem_v2", out nint call) && ((delegate* unmanaged<nuint*, int, int>)call)(&bytes, device) == 0 ? (long)bytes : null;
    }

    /// <summary>Gets what tells a card from all others.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>The identifier, its bytes in the order in which NVIDIA writes them, or null.</returns>
    public Guid? Identifier(int device)
    {
        // Version 2, since CUDA 11.4, tells the slice where a card is sliced (MIG).
        if (!TryExport("cuDeviceGetUuid_v2", out nint call) && !TryExport("cuDeviceGetUuid", out call))
        {
            return null;
        }

        byte* bytes = stackalloc byte[16];
        return ((delegate* unmanaged<byte*, int, int>)call)(bytes, device) == 0 ? new Guid(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true) : null;
    }

    /// <summary>Gets the newest CUDA that the driver runs.</summary>
    /// <returns>For example 12.4, or null.</returns>
    public string? DriverVersion()
    {
        // 1000 × major + 10 × minor
        int version;
        return TryExport("cuDriverGetVersion", out nint call) && ((delegate* unmanaged<int*, int>)call)(&version) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}")
            : null;
    }

    private static string NoCard() => Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible
        ? $"the NVIDIA driver offers no card (CUDA_VISIBLE_DEVICES is '{visible}')"
        : "the NVIDIA driver offers no card";

    private string ErrorName(int result)
    {
        byte* name = null;
        bool told = TryExport("cuGetErrorName", out nint call) && ((delegate* unmanaged<int, byte**, int>)call)(result, &name) == 0 && name != null;
        return string.Create(CultureInfo.InvariantCulture, $"{(told ? Marshal.PtrToStringUTF8((nint)name) : "CUDA error")} ({result})");
    }

    private bool TryExport(string name, out nint address) => NativeLibrary.TryGetExport(_library, name, out address);
}
