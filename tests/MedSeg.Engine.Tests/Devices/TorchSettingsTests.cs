using System.Collections;
using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

public class TorchSettingsTests
{
    [Theory]
    [InlineData("MALLOC_TRIM_THRESHOLD_", true)]
    [InlineData("MALLOC_ARENA_MAX", false)]
    [InlineData("GLIBC_TUNABLES", true)]
    [InlineData("PATH", false)]
    public void What_the_user_set_stands(string variable, bool isChosen) =>
        Assert.Equal(isChosen, TorchSettings.IsMemoryChosen(new Hashtable { [variable] = "1" }));

    [Fact]
    public void Settings_are_taken()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Directory.EnumerateFiles("/lib", "libc.so.6", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Any(), "The settings are glibc's.");
        Assert.SkipWhen(TorchSettings.IsMemoryChosen(Environment.GetEnvironmentVariables()), "The environment says how glibc deals with memory.");

        Assert.True(TorchSettings.Apply());
    }
}
