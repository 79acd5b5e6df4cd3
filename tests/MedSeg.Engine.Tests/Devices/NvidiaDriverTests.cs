using System.Runtime.InteropServices;
using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

/// <summary>Reading through the C interfaces of NVIDIA's libraries, with libraries built for the tests.</summary>
public sealed class NvidiaDriverTests
{
    private static readonly string[] s_names = ["NVIDIA RTX A4000", "NVIDIA GeForce RTX 2080 Ti"];

    // As the fake NVML reports them, and as the fake CUDA does.
    private static readonly long?[] s_totals = [17179869184, 11811160064];
    private static readonly long?[] s_cudaTotals = [17000000001, 11000000001];
    private static readonly long?[] s_used = [5000000000, 700];

    [Theory]
    [InlineData("COUNT=2")]
    [InlineData("NO_UUID2=1")]
    [InlineData("KIND=\"MIG\"")]
    public void GPUs_come_in_the_order_of_Cuda_with_the_memory_of_Nvml(string definition)
    {
        using var fake = new FakeNvidia(definition);

        NvidiaDriver driver = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]);

        Assert.Equal(s_names, driver.Gpus.Select(c => c.Name));
        Assert.Equal(s_totals, driver.Gpus.Select(c => c.MemoryTotal));
        Assert.Equal(s_used, driver.Gpus.Select(c => c.MemoryUsed));
        Assert.Equal("550.54.15 (CUDA 12.4)", driver.Version);
        Assert.Equal(new Version(12, 4), driver.SupportedCuda);
        Assert.Equal([new Version(8, 6), new Version(7, 5)], driver.Gpus.Select(c => c.ComputeCapability));
        Assert.True(driver.IsInstalled);
        Assert.Null(driver.Problem);
    }

    [Fact]
    public void Compute_capability_that_is_not_reported_is_unknown()
    {
        using var fake = new FakeNvidia("ATTRIBUTE=1");

        Assert.All(NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]).Gpus, gpu => Assert.Null(gpu.ComputeCapability));
    }

    [Theory]
    [InlineData("NVML_INIT=9")]
    [InlineData("MEMORY=3")]
    [InlineData("KIND=\"unknown\"")]
    [InlineData("UUID=999")]
    [InlineData("NO_UUID2=1", "NO_UUID=1")]
    public void Without_Nvml_data_the_memory_in_use_is_unknown(params string[] definitions)
    {
        using var fake = new FakeNvidia(definitions);

        NvidiaDriver driver = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]);

        Assert.Equal(s_names, driver.Gpus.Select(c => c.Name));
        Assert.Equal(s_cudaTotals, driver.Gpus.Select(c => c.MemoryTotal));
        Assert.All(driver.Gpus, gpu => Assert.Null(gpu.MemoryUsed));
    }

    [Fact]
    public void Without_Nvml_the_GPUs_are_still_listed()
    {
        using var fake = new FakeNvidia();

        NvidiaDriver driver = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath + ".missing"]);

        Assert.Equal(s_cudaTotals, driver.Gpus.Select(c => c.MemoryTotal));
        Assert.All(driver.Gpus, gpu => Assert.Null(gpu.MemoryUsed));
        Assert.Equal("CUDA 12.4", driver.Version);
    }

    [Theory]
    [InlineData("INIT=100", "the NVIDIA driver offers no GPU")]
    [InlineData("INIT=803", "the NVIDIA driver does not start: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)")]
    [InlineData("INIT=12345", "the NVIDIA driver does not start: CUDA error (12345)")]
    [InlineData("COUNT=0", "the NVIDIA driver offers no GPU")]
    [InlineData("COUNT_RESULT=100", "the NVIDIA driver offers no GPU")]
    [InlineData("COUNT_RESULT=3", "the NVIDIA driver does not start: CUDA error (3)")]
    public void Driver_without_GPUs_gives_the_reason(string definition, string problem)
    {
        using var fake = new FakeNvidia(definition);

        NvidiaDriver driver = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]);

        Assert.Empty(driver.Gpus);
        Assert.True(driver.IsInstalled);
        Assert.StartsWith(problem, driver.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void GPU_that_reports_nothing_keeps_its_index()
    {
        using var mute = new FakeNvidia("NAME=1", "TOTAL=1", "UUID=1", "VERSION=1", "ATTRIBUTE=1", "NVML_VERSION=1");
        using var absent = new FakeNvidia("DEVICE=101");

        NvidiaDriver driver = NvidiaDriver.Read([mute.CudaPath], [mute.NvmlPath]);

        Assert.Equal([new NvidiaGpu("NVIDIA GPU", null, null), new NvidiaGpu("NVIDIA GPU", null, null)], driver.Gpus);
        Assert.Equal(driver.Gpus, NvidiaDriver.Read([absent.CudaPath], [absent.NvmlPath]).Gpus);
        Assert.Equal("", driver.Version ?? "");
    }

    [Fact]
    public void Missing_driver_is_not_an_error()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "nothing");

        NvidiaDriver driver = NvidiaDriver.Read([Path.Combine(folder, "libcuda.so.1")], [Path.Combine(folder, "libnvidia-ml.so.1")]);

        Assert.Empty(driver.Gpus);
        Assert.False(driver.IsInstalled);
        Assert.Equal("no NVIDIA driver was found (libcuda.so.1)", driver.Problem);
    }

    [Fact]
    public void Library_of_another_kind_is_not_a_driver()
    {
        using var fake = new FakeNvidia();

        NvidiaDriver driver = NvidiaDriver.Read([fake.NvmlPath], [fake.CudaPath]);

        Assert.Empty(driver.Gpus);
        Assert.Equal("the NVIDIA driver's library has no cuInit or cuDeviceGetCount", driver.Problem);
    }

    [Fact]
    public unsafe void Nvml_is_shut_down_as_often_as_it_is_started()
    {
        using var fake = new FakeNvidia();
        _ = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]);
        _ = NvidiaDriver.Read([fake.CudaPath], [fake.NvmlPath]);

        nint starts = NativeLibrary.GetExport(NativeLibrary.Load(fake.NvmlPath), "starts");

        Assert.Equal(0, ((delegate* unmanaged<int>)starts)());
    }
}
