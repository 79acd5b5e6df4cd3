using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

public sealed class DeviceInfoTests
{
    [Fact]
    public void Usable_GPUs_follow_the_CPU_and_Auto_chooses_the_first()
    {
        IReadOnlyList<DeviceInfo> devices = DeviceInfo.List(FakeMachine.With(2, "cuda-linux", FakeMachine.Large, FakeMachine.Small));

        Assert.Equal(["cpu", "cuda:0", "cuda:1"], devices.Select(d => d.Name));
        Assert.Equal(["Some Processor", "NVIDIA RTX A4000", "NVIDIA T400"], devices.Select(d => d.Description));
        Assert.Equal([1000L, 16L << 30, 4L << 30], devices.Select(d => d.MemoryTotal));
        Assert.Equal([400L, 4L << 30, 1L << 30], devices.Select(d => d.MemoryUsed));
        Assert.Equal([600L, 12L << 30, 3L << 30], devices.Select(d => d.MemoryFree));
        Assert.Equal([false, true, false], devices.Select(d => d.IsAutoChoice));
        Assert.All(devices, d => Assert.True(d.IsUsable));
        Assert.All(devices, d => Assert.Null(d.Remark));
        Assert.Equal([8, null, null], devices.Select(d => d.Cores));
        Assert.Equal([4, null, null], devices.Select(d => d.Threads));
        Assert.Equal([null, "550.54.15 (CUDA 12.4)", "550.54.15 (CUDA 12.4)"], devices.Select(d => d.DriverVersion));
    }

    [Theory]
    [InlineData("cpu", "uses the CPU only. Build MedSeg with build.ps1 -TorchBackend cuda-")]
    [InlineData("cuda-windows", "driver, 550.54.15 (CUDA 12.4), or the GPU is too old. Install the newest NVIDIA driver.")]
    public void GPU_that_torch_does_not_use_is_listed_with_the_reason(string backend, string reason)
    {
        IReadOnlyList<DeviceInfo> devices = DeviceInfo.List(FakeMachine.With(0, backend, FakeMachine.Large));

        Assert.Equal(["cpu", "cuda:0"], devices.Select(d => d.Name));
        Assert.Equal([true, false], devices.Select(d => d.IsAutoChoice));
        Assert.Equal([true, false], devices.Select(d => d.IsUsable));
        Assert.Null(devices[0].Remark);
        Assert.Contains(reason, devices[1].Remark, StringComparison.Ordinal);
        Assert.Equal(12L << 30, devices[1].MemoryFree);
    }

    [Fact]
    public void GPU_that_only_torch_sees_is_listed_with_unknown_memory()
    {
        DeviceInfo gpu = DeviceInfo.List(FakeMachine.With(1, "cuda-linux"))[1];

        Assert.True(gpu.IsAutoChoice);
        Assert.Null(gpu.MemoryFree);
        Assert.Contains("does not report", gpu.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void GPU_whose_use_is_unknown_has_its_total()
    {
        DeviceInfo gpu = DeviceInfo.List(FakeMachine.With(1, "cuda-linux", new NvidiaGpu("NVIDIA T400", 5, null)))[1];

        Assert.Equal((5L, (long?)null), (gpu.MemoryTotal, gpu.MemoryFree));
    }

    [Theory]
    [InlineData(true, "No GPU is listed: it does not start.")]
    [InlineData(false, "No GPU is listed: it does not start. Install the NVIDIA driver.")]
    public void Driver_that_offers_no_GPU_is_reported_for_the_CPU(bool isInstalled, string? remark) =>
        Assert.Equal(remark, Assert.Single(DeviceInfo.List(FakeMachine.Without("cuda-linux", "it does not start", isInstalled))).Remark);

    [Fact]
    public void Missing_driver_is_no_remark_for_a_build_without_CUDA() =>
        Assert.Null(Assert.Single(DeviceInfo.List(FakeMachine.Without("cpu", "no driver", isInstalled: false))).Remark);

    [Fact]
    public void Driver_and_GPU_that_are_too_old_are_told_apart()
    {
        NvidiaGpu old = FakeMachine.Large with { ComputeCapability = new Version(6, 1) };
        Machine none = FakeMachine.With(0, "cuda-windows", old);

        DeviceInfo byGpu = DeviceInfo.List(none)[1];
        DeviceInfo byDriver = DeviceInfo.List(none with { Nvidia = none.Nvidia with { SupportedCuda = new Version(11, 4) } })[1];
        DeviceInfo listed = DeviceInfo.List(FakeMachine.With(1, "cuda-windows", old))[1];
        DeviceInfo volta = DeviceInfo.List(FakeMachine.With(1, "cuda-windows", old with { ComputeCapability = new Version(7, 0) }))[1];

        const string tooOld = "The GPU has compute capability 6.1, and torch 2.10.0 needs 7.0 or newer. Use a newer GPU, or -Device Cpu; a newer driver does not help.";
        Assert.Equal((tooOld, "6.1"), (byGpu.Remark, byGpu.ComputeCapability));
        Assert.Equal("The NVIDIA driver supports CUDA 11.4, and torch 2.10.0 needs CUDA 12.0 or newer. Install the newest NVIDIA driver.", byDriver.Remark);

        // Torch lists it, and fails when it computes.
        Assert.Equal((true, tooOld), (listed.IsUsable, listed.Remark));
        Assert.Equal((null, "7.0"), (volta.Remark, volta.ComputeCapability));
    }

    [Fact]
    public void This_machine_has_a_CPU_with_memory_and_one_choice_of_Auto()
    {
        IReadOnlyList<DeviceInfo> devices = DeviceInfo.List();

        Assert.Equal("cpu", devices[0].Name);
        Assert.InRange(devices[0].MemoryFree!.Value, 1, devices[0].MemoryTotal!.Value);
        Assert.Single(devices, d => d.IsAutoChoice);
        Assert.StartsWith("2.", devices[0].TorchVersion, StringComparison.Ordinal);
        Assert.Contains(devices[0].TorchBackend, (string[])["cpu", "cuda-windows", "cuda-linux"]);
    }
}
