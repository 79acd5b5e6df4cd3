using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Tests.Devices;

public sealed class DeviceSelectionTests
{
    private static readonly Machine s_twoGpus = FakeMachine.With(2, "cuda-linux", FakeMachine.Large, FakeMachine.Small);
    private static readonly Machine s_cpuBuild = FakeMachine.With(0, "cpu", FakeMachine.Large);

    [Theory]
    [InlineData("Auto", 0)]
    [InlineData("Cuda", 0)]
    [InlineData("Cuda:0", 0)]
    [InlineData("CUDA:1", 1)]
    [InlineData("Cpu", null)]
    public void Name_selects_the_GPU(string name, int? gpu) => Assert.Equal(gpu, DeviceSelection.GpuIndex(name, () => s_twoGpus));

    [Theory]
    [InlineData("auto", 1, 1)]
    [InlineData("Cuda", 1, 1)]
    [InlineData("cuda", 2, 0)]
    [InlineData("cuda:0", 1, 0)]
    [InlineData("cpu", 1, null)]
    public void Processes_on_a_machine_take_GPUs_in_turn(string name, int localRank, int? gpu) =>
        Assert.Equal(gpu, DeviceSelection.GpuIndex(name, () => s_twoGpus, localRank));

    [Fact]
    public void Auto_selects_the_CPU_if_the_GPU_cannot_be_used() =>
        Assert.Null(DeviceSelection.GpuIndex("auto", () => s_cpuBuild));

    [Fact]
    public void CPU_is_selected_without_inspecting_the_machine() =>
        Assert.Null(DeviceSelection.GpuIndex("cpu", () => throw new InvalidOperationException("looked")));

    [Theory]
    [InlineData("tpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    public void Unknown_name_is_refused(string name) => Assert.Equal("DeviceUnknown", Refusal(name, s_twoGpus).ErrorId);

    [Fact]
    public void GPU_that_cannot_be_used_is_named_with_the_reason()
    {
        Assert.Matches("'Cuda' .*its GPU, NVIDIA RTX A4000, cannot be used.*CPU only.*-TorchBackend cuda-.*-Device Cpu", Refusal("Cuda", s_cpuBuild).Message);
        Assert.Matches("NVIDIA RTX A4000, cannot be used.*550.54.15.*too old", Refusal("cuda:0", s_cpuBuild with { TorchBackend = "cuda-windows" }).Message);
        Assert.Matches(@"'cuda:3' .*only has cuda:0 \(NVIDIA RTX A4000\), which cannot be used.*-TorchBackend", Refusal("cuda:3", s_cpuBuild).Message);
    }

    [Fact]
    public void Number_beyond_the_GPUs_is_refused_with_those_there_are() =>
        Assert.Contains("only has cuda:0 (NVIDIA RTX A4000), cuda:1 (NVIDIA T400). Use one of these.", Refusal("cuda:2", s_twoGpus).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_GPUs_the_reason_of_the_driver_is_given()
    {
        Assert.Matches("no driver was found.*Check.*driver.*-TorchBackend", Refusal("cuda", FakeMachine.Without("cpu", "no driver was found", isInstalled: false)).Message);
        Assert.DoesNotContain("-TorchBackend", Refusal("cuda", FakeMachine.Without("cuda-linux", "it does not start", isInstalled: true)).Message, StringComparison.Ordinal);
    }

    private static MedSegException Refusal(string name, Machine machine)
    {
        var refusal = Assert.Throws<MedSegException>(() => { _ = DeviceSelection.GpuIndex(name, () => machine); });
        Assert.Contains(refusal.ErrorId, (string[])["DeviceUnknown", "CudaNotAvailable"]);
        Assert.EndsWith(".", refusal.Finding, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Advice, StringComparison.Ordinal);
        return refusal;
    }
}
