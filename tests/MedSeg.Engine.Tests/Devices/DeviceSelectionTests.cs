using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Tests.Devices;

public sealed class DeviceSelectionTests
{
    private static readonly Machine s_twoCards = FakeMachine.With(2, "cuda-linux", FakeMachine.Large, FakeMachine.Small);
    private static readonly Machine s_processorBuild = FakeMachine.With(0, "cpu", FakeMachine.Large);

    [Theory]
    [InlineData("Auto", 0)]
    [InlineData("Cuda", 0)]
    [InlineData("Cuda:0", 0)]
    [InlineData("CUDA:1", 1)]
    [InlineData("Cpu", null)]
    public void Name_gives_the_card(string name, int? card) => Assert.Equal(card, DeviceSelection.CardIndex(name, () => s_twoCards));

    [Fact]
    public void Auto_takes_the_processor_where_the_card_cannot_be_used() =>
        Assert.Null(DeviceSelection.CardIndex("auto", () => s_processorBuild));

    [Fact]
    public void Processor_needs_no_look_at_the_machine() =>
        Assert.Null(DeviceSelection.CardIndex("cpu", () => throw new InvalidOperationException("looked")));

    [Theory]
    [InlineData("tpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    public void Unknown_name_is_refused(string name) => Assert.Equal("DeviceUnknown", Refusal(name, s_twoCards).ErrorId);

    [Fact]
    public void Card_that_cannot_be_used_is_named_with_the_reason()
    {
        Assert.Matches("'Cuda' .*its card, NVIDIA RTX A4000, cannot be used.*processor only.*-TorchBackend cuda-.*-Device Cpu", Refusal("Cuda", s_processorBuild).Message);
        Assert.Matches("NVIDIA RTX A4000, cannot be used.*550.54.15.*too old", Refusal("cuda:0", s_processorBuild with { TorchBackend = "cuda-windows" }).Message);
        Assert.Matches(@"'cuda:3' .*only cuda:0 \(NVIDIA RTX A4000\), which cannot be used.*-TorchBackend", Refusal("cuda:3", s_processorBuild).Message);
    }

    [Fact]
    public void Number_beyond_the_cards_is_refused_with_those_there_are() =>
        Assert.Contains("only cuda:0 (NVIDIA RTX A4000), cuda:1 (NVIDIA T400). Give one of these.", Refusal("cuda:2", s_twoCards).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_cards_the_reason_of_the_driver_is_given()
    {
        Assert.Matches("no driver was found.*Check.*driver.*-TorchBackend", Refusal("cuda", FakeMachine.Without("cpu", "no driver was found", isInstalled: false)).Message);
        Assert.DoesNotContain("-TorchBackend", Refusal("cuda", FakeMachine.Without("cuda-linux", "it does not start", isInstalled: true)).Message, StringComparison.Ordinal);
    }

    private static MedSegException Refusal(string name, Machine machine)
    {
        var refusal = Assert.Throws<MedSegException>(() => { _ = DeviceSelection.CardIndex(name, () => machine); });
        Assert.Contains(refusal.ErrorId, (string[])["DeviceUnknown", "CudaNotAvailable"]);
        return refusal;
    }
}
