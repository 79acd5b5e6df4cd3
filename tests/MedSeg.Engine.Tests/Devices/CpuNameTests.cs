using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

public sealed class CpuNameTests : IDisposable
{
    private readonly string _table = Path.GetTempFileName();

    public void Dispose() => File.Delete(_table);

    [Fact]
    public void Name_is_that_of_the_first_CPU_in_cpuinfo()
    {
        File.WriteAllText(_table, "processor\t: 0\nmodel\t\t: 79\nmodel name\t: First: A\nprocessor\t: 1\nmodel name\t: Second\n");

        Assert.Equal("First: A", CpuName.FromCpuInfo(_table));
    }

    [Fact]
    public void Cpuinfo_without_names_gives_none()
    {
        File.WriteAllText(_table, "processor\t: 0\nBogoMIPS\t: 50.00\n");

        Assert.Null(CpuName.FromCpuInfo(_table));
        Assert.Null(CpuName.FromCpuInfo(_table + ".missing"));
    }

    [Theory]
    [InlineData("Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz", "Intel Xeon CPU E5-2690 v4 @ 2.60GHz")]
    [InlineData("  Intel(R) Core(TM) i7-9700   CPU ", "Intel Core i7-9700 CPU")]
    [InlineData("AMD EPYC 7763 64-Core Processor", "AMD EPYC 7763 64-Core Processor")]
    public void Name_is_readable(string given, string expected) => Assert.Equal(expected, CpuName.Tidy(given));

    [Fact]
    public void This_machine_has_a_CPU() => Assert.NotEqual("", CpuName.Read());
}
