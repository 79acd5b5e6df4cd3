using MedSeg.Devices;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Tests.Devices;

/// <summary>Which precision a network has, by what the devices offer and the input size alone.</summary>
public class PrecisionChoiceTests
{
    private static readonly PrecisionSupport s_avx2 = Cpu(hasAvx512: false, extensions: 0, more: 0);
    private static readonly PrecisionSupport s_avx512 = Cpu(hasAvx512: true, extensions: 0, more: 1 << 5);
    private static readonly PrecisionSupport s_amx = Cpu(hasAvx512: true, extensions: (1 << 22) | (1 << 24), more: 1 << 5);
    private static readonly PrecisionSupport s_volta = Gpu("7.0");
    private static readonly PrecisionSupport s_ampere = Gpu("8.0");

    public static TheoryData<string, int, Precision> Auto => new()
    {
        { "avx2", 256, Precision.Float32 },
        { "avx2-own", 512, Precision.Float32 },
        { "avx512", 512, Precision.Float32 },
        { "avx512-own", 240, Precision.Float32 },
        { "avx512-own", 256, Precision.BFloat16 },
        { "amx", 240, Precision.Float32 },
        { "amx", 256, Precision.BFloat16 },
        { "volta", 64, Precision.Float16 },
        { "ampere", 64, Precision.BFloat16 },
        { "pascal", 256, Precision.Float32 },
        { "unknown", 256, Precision.Float32 },
        { "ampere ampere", 64, Precision.BFloat16 },
        { "ampere volta", 256, Precision.Float32 },
    };

    [Theory]
    [MemberData(nameof(Auto))]
    public void Auto_depends_on_what_the_devices_offer_and_on_the_input_size(string devices, int size, Precision expected) =>
        Assert.Equal(expected, PrecisionChoice.Settle(Precision.Auto, [.. devices.Split(' ').Select(Named)], size));

    [Theory]
    [InlineData(0, 0, false, false)]
    [InlineData(0, 1 << 5, true, false)]
    [InlineData(1 << 24, 0, false, false)] // AMX without products of bfloat16.
    [InlineData((1 << 24) | (1 << 22), 0, true, true)]
    public void Support_of_a_CPU_is_what_CPUID_says(int extensions, int more, bool hasBFloat16, bool hasAmx)
    {
        PrecisionSupport cpu = Cpu(hasAvx512: true, extensions, more);
        PrecisionSupport withoutAvx512 = Cpu(hasAvx512: false, extensions, more);

        Assert.Equal((hasBFloat16, hasAmx, false, false), (cpu.HasBFloat16, cpu.HasAmx, cpu.HasFloat16, cpu.IsGpu));
        Assert.Equal((false, false), (withoutAvx512.HasBFloat16, withoutAvx512.HasAmx));
    }

    [Fact]
    public void Support_of_this_CPU_is_what_the_system_says()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "This system has no /proc/cpuinfo.");
        string[] flags = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal)).Split(' ');

        PrecisionSupport cpu = PrecisionSupport.OfCpu();

        Assert.Equal((flags.Contains("avx512_bf16") || flags.Contains("amx_bf16"), flags.Contains("amx_bf16") && flags.Contains("amx_tile")), (cpu.HasBFloat16, cpu.HasAmx));
        Assert.Contains(CpuName.Read(), cpu.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Precision_that_a_CPU_can_only_emulate_is_used_with_a_warning()
    {
        List<string> warnings = [];

        Assert.Equal(Precision.BFloat16, PrecisionChoice.Settle(Precision.BFloat16, [s_avx2, s_avx2], 256, warnings.Add));

        Assert.Equal(["The CPU, Some CPU, has neither AVX512-BF16 nor AMX, so -Precision BFloat16 takes many times as long as Float32."], warnings);
        Assert.Equal(Precision.BFloat16, PrecisionChoice.Settle(Precision.BFloat16, [s_avx512, s_amx], 32, text => Assert.Fail(text)));
        Assert.Equal(Precision.BFloat16, PrecisionChoice.Settle(Precision.BFloat16, [s_avx2 with { HasOwnConvolutions = true }], 32, text => Assert.Fail(text)));
    }

    [Theory]
    [InlineData(Precision.Float16, "avx512", "-Precision Float16 is for GPUs only, and the device is the CPU.", "Use -Precision BFloat16 or Float32.")]
    [InlineData(Precision.BFloat16, "ampere volta", "The GPU cuda:0, GPU 7.0, cannot compute with bfloat16: that takes compute capability 8.0 (Ampere) or newer.", "Use -Precision Float16, or Auto.")]
    [InlineData(Precision.BFloat16, "pascal", "The GPU cuda:0, GPU 6.1, cannot compute with bfloat16: that takes compute capability 8.0 (Ampere) or newer.", "Use -Precision Float32, or Auto.")]
    [InlineData(Precision.Float16, "unknown", "The GPU cuda:0 cannot compute fast with float16: that takes compute capability 7.0 (Volta) or newer.", "Use -Precision Float32, or Auto.")]
    public void Precision_that_a_device_does_not_have_is_refused(Precision precision, string devices, string finding, string advice)
    {
        var error = Assert.Throws<MedSegException>(() => PrecisionChoice.Settle(precision, [.. devices.Split(' ').Select(Named)], 256));

        Assert.Equal((ErrorIds.PrecisionUnsupported, ErrorKind.Device, finding, advice), (error.ErrorId, error.Kind, error.Finding, error.Advice));
    }

    [Fact]
    public void Float16_is_refused_on_the_CPU_of_this_machine() =>
        Assert.Equal(ErrorIds.PrecisionUnsupported, Assert.Throws<MedSegException>(() => PrecisionChoice.Settle(Precision.Float16, [torch.CPU], 64)).ErrorId);

    private static PrecisionSupport Named(string name) => name switch
    {
        "avx2" => s_avx2,
        "avx2-own" => s_avx2 with { HasOwnConvolutions = true },
        "avx512" => s_avx512,
        "avx512-own" => s_avx512 with { HasOwnConvolutions = true },
        "amx" => s_amx,
        "pascal" => Gpu("6.1"),
        "volta" => s_volta,
        "ampere" => s_ampere,
        _ => PrecisionSupport.OfGpu("cuda:0", null),
    };

    private static PrecisionSupport Cpu(bool hasAvx512, int extensions, int more) => PrecisionSupport.OfCpu("Some CPU", hasAvx512, (1, 0, 0, extensions), (more, 0, 0, 0));

    private static PrecisionSupport Gpu(string capability) =>
        PrecisionSupport.OfGpu("cuda:0", new NvidiaGpu($"GPU {capability}", null, null, Version.Parse(capability)));
}
