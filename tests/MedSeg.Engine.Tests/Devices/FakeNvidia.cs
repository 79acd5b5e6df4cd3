using System.ComponentModel;
using System.Diagnostics;

namespace MedSeg.Tests.Devices;

/// <summary>
/// Libraries with the C signatures of NVIDIA's cuda.h and nvml.h that report two GPUs, built by the C compiler. NVML
/// has them in the other order, as it may on real machines. Definitions choose what goes wrong.
/// </summary>
internal sealed class FakeNvidia : IDisposable
{
    private const string Cuda = """
        #include <stddef.h>
        #include <string.h>
        typedef int CUresult;
        typedef int CUdevice;
        typedef struct { char bytes[16]; } CUuuid;
        static int started;
        CUresult cuInit(unsigned int flags) { started = flags == 0 && INIT == 0; return flags ? 1 : INIT; }
        CUresult cuDeviceGetCount(int *count) { if (!started) return 3; *count = COUNT; return COUNT_RESULT; }
        CUresult cuDeviceGet(CUdevice *device, int ordinal) { if (!started || ordinal < 0 || ordinal >= COUNT) return 101; *device = 40 + ordinal; return DEVICE; }
        CUresult cuDeviceGetName(char *name, int length, CUdevice device)
        { strncpy(name, device == 40 ? "NVIDIA RTX A4000" : "NVIDIA GeForce RTX 2080 Ti", length); return NAME; }
        CUresult cuDeviceTotalMem(unsigned int *bytes, CUdevice device) { *bytes = 0xffffffff; return 0; }
        CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) { *bytes = device == 40 ? 17000000001 : 11000000001; return TOTAL; }
        static CUresult uuid(CUuuid *uuid, CUdevice device) { for (int i = 0; i < 16; i++) uuid->bytes[i] = (char)(0xf0 + i + device - 40); return UUID; }
        #ifndef NO_UUID2
        CUresult cuDeviceGetUuid_v2(CUuuid *u, CUdevice device) { return uuid(u, device); }
        CUresult cuDeviceGetUuid(CUuuid *u, CUdevice device) { return 999; }
        #elif !defined NO_UUID
        CUresult cuDeviceGetUuid(CUuuid *u, CUdevice device) { return uuid(u, device); }
        #endif
        CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device)
        { *value = attribute == 75 ? (device == 40 ? 8 : 7) : attribute == 76 ? (device == 40 ? 6 : 5) : -1; return ATTRIBUTE; }
        CUresult cuDriverGetVersion(int *version) { *version = 12040; return VERSION; }
        CUresult cuGetErrorName(CUresult error, const char **name) { *name = error == 803 ? "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" : NULL; return *name ? 0 : 1; }
        """;

    private const string Nvml = """
        #include <string.h>
        typedef int nvmlReturn_t;
        typedef struct nvmlDevice_st { int index; } *nvmlDevice_t;
        typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
        static struct nvmlDevice_st devices[2] = { { 0 }, { 1 } };
        static int started;
        nvmlReturn_t nvmlInit_v2(void) { if (NVML_INIT == 0) started++; return NVML_INIT; }
        nvmlReturn_t nvmlShutdown(void) { if (!started) return 1; started--; return 0; }
        int starts(void) { return started; }
        nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device)
        {
            if (!started) return 1;
            if (!strcmp(uuid, KIND "-f1f2f3f4-f5f6-f7f8-f9fa-fbfcfdfeff00")) { *device = &devices[0]; return 0; }
            if (!strcmp(uuid, KIND "-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff")) { *device = &devices[1]; return 0; }
            return 6;
        }
        nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory)
        {
            if (!started || device != &devices[device->index]) return 2;
            memory->total = device->index ? 17179869184 : 11811160064;
            memory->used = device->index ? 5000000000 : 700;
            memory->free = memory->total - memory->used;
            return MEMORY;
        }
        nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) { if (length < 80) return 7; strcpy(version, "550.54.15"); return NVML_VERSION; }
        """;

    // Two GPUs that report everything.
    private static readonly string[] s_defaults =
    [
        "INIT=0", "COUNT=2", "COUNT_RESULT=0", "DEVICE=0", "NAME=0", "TOTAL=0", "UUID=0", "VERSION=0", "ATTRIBUTE=0",
        "NVML_INIT=0", "MEMORY=0", "NVML_VERSION=0", "KIND=\"GPU\"",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    /// <summary>Builds the libraries, or skips the test if there is no C compiler.</summary>
    /// <param name="definitions">What differs from two GPUs that report everything, for example COUNT=0.</param>
    public FakeNvidia(params string[] definitions)
    {
        string[] names = [.. definitions.Select(d => d.Split('=')[0])];
        string[] all = [.. s_defaults.Where(d => !names.Contains(d.Split('=')[0])), .. definitions];
        CudaPath = Compile("libcuda.so.1", Cuda, all);
        NvmlPath = Compile("libnvidia-ml.so.1", Nvml, all);
    }

    public string CudaPath { get; }

    public string NvmlPath { get; }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Compile(string name, string source, string[] definitions)
    {
        string library = Path.Combine(_folder.FullName, name);
        string file = library + ".c";
        File.WriteAllText(file, source);
        try
        {
            string[] arguments = ["-shared", "-fPIC", "-o", library, .. definitions.Select(d => "-D" + d), file];
            using Process process = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
        }
        catch (Win32Exception)
        {
            _folder.Delete(recursive: true);
            Assert.Skip("cc, a C compiler, is not installed (Debian package gcc).");
        }

        return library;
    }
}
