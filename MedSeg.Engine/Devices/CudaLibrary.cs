using System.Globalization;
using System.Runtime.InteropServices;

namespace MedSeg.Devices;

/// <summary>
/// The part of the CUDA driver API that describes GPUs without creating a context, which would use GPU memory.
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
    /// <returns>The library; null if none of them loads.</returns>
    public static CudaLibrary? Load(IEnumerable<string> paths)
    {
        // It stays loaded: torch may use the same library, and drivers do not support unloading.
        foreach (string path in paths)
        {
            if (NativeLibrary.TryLoad(path, out nint library))
            {
                return new CudaLibrary(library);
            }
        }

        return null;
    }

    /// <summary>Initializes the driver and counts the GPUs that it offers; CUDA_VISIBLE_DEVICES is honoured.</summary>
    /// <param name="count">The number of GPUs; 0 if there is a problem.</param>
    /// <returns>The problem, as the end of a sentence; null if there is none.</returns>
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
            return result == NoDevice ? NoGpu() : $"the NVIDIA driver does not start: {ErrorName(result)}";
        }

        count = Math.Max(found, 0);
        return count == 0 ? NoGpu() : null;
    }

    /// <summary>Gets the handle of a GPU.</summary>
    /// <param name="ordinal">Its index in CUDA's order.</param>
    /// <returns>The handle; null if the driver does not report it.</returns>
    public int? Device(int ordinal)
    {
        int device;
        return TryExport("cuDeviceGet", out nint call) && ((delegate* unmanaged<int*, int, int>)call)(&device, ordinal) == 0 ? device : null;
    }

    /// <summary>Gets the name of a GPU.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>The name; null if the driver does not report it.</returns>
    public string? Name(int device)
    {
        const int Length = 256;
        byte* name = stackalloc byte[Length];
        bool isReported = TryExport("cuDeviceGetName", out nint call) && ((delegate* unmanaged<byte*, int, int, int>)call)(name, Length, device) == 0;
        return isReported && Marshal.PtrToStringUTF8((nint)name) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Gets the memory of a GPU.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>Bytes; null if the driver does not report it.</returns>
    public long? MemoryTotal(int device)
    {
        nuint bytes;
        return TryExport("cuDeviceTotalMem_v2", out nint call) && ((delegate* unmanaged<nuint*, int, int>)call)(&bytes, device) == 0 ? (long)bytes : null;
    }

    /// <summary>Gets the unique identifier of a GPU.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>The identifier, with its bytes in the order in which NVIDIA writes them; null if the driver does not report it.</returns>
    public Guid? Identifier(int device)
    {
        // Version 2, since CUDA 11.4, identifies the instance if a GPU is partitioned (MIG).
        if (!TryExport("cuDeviceGetUuid_v2", out nint call) && !TryExport("cuDeviceGetUuid", out call))
        {
            return null;
        }

        byte* bytes = stackalloc byte[16];
        return ((delegate* unmanaged<byte*, int, int>)call)(bytes, device) == 0 ? new Guid(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true) : null;
    }

    /// <summary>Gets the compute capability of a GPU.</summary>
    /// <param name="device">The handle.</param>
    /// <returns>For example 8.6; null if the driver does not report it.</returns>
    public Version? ComputeCapability(int device)
    {
        // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
        const int MajorAttribute = 75;
        const int MinorAttribute = 76;
        int major;
        int minor;
        return TryExport("cuDeviceGetAttribute", out nint call)
            && ((delegate* unmanaged<int*, int, int, int>)call)(&major, MajorAttribute, device) == 0
            && ((delegate* unmanaged<int*, int, int, int>)call)(&minor, MinorAttribute, device) == 0
            ? new Version(major, minor)
            : null;
    }

    /// <summary>Gets the newest CUDA version that the driver supports.</summary>
    /// <returns>For example 12.4; null if the driver does not report it.</returns>
    public Version? DriverVersion()
    {
        // 1000 × major + 10 × minor
        int version;
        return TryExport("cuDriverGetVersion", out nint call) && ((delegate* unmanaged<int*, int>)call)(&version) == 0
            ? new Version(version / 1000, version % 1000 / 10)
            : null;
    }

    private static string NoGpu() => Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible
        ? $"the NVIDIA driver offers no GPU (CUDA_VISIBLE_DEVICES is '{visible}')"
        : "the NVIDIA driver offers no GPU";

    private string ErrorName(int result)
    {
        byte* name = null;
        bool isReported = TryExport("cuGetErrorName", out nint call) && ((delegate* unmanaged<int, byte**, int>)call)(result, &name) == 0 && name != null;
        return string.Create(CultureInfo.InvariantCulture, $"{(isReported ? Marshal.PtrToStringUTF8((nint)name) : "CUDA error")} ({result})");
    }

    private bool TryExport(string name, out nint address) => NativeLibrary.TryGetExport(_library, name, out address);
}
