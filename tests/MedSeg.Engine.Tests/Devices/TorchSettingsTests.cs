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
    public void Variables_of_the_user_take_precedence(string variable, bool isChosen) =>
        Assert.Equal(isChosen, TorchSettings.IsMemoryChosen(new Hashtable { [variable] = "1" }));

    [Fact]
    public void Settings_are_applied()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Directory.EnumerateFiles("/lib", "libc.so.6", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Any(), "This test is for glibc.");
        Assert.SkipWhen(TorchSettings.IsMemoryChosen(Environment.GetEnvironmentVariables()), "The environment configures how glibc manages memory.");

        Assert.True(TorchSettings.Apply());
    }
}
