using System.Collections;
using MedSeg.Devices;
using MedSeg.Tests.Training;
using TorchSharp;

namespace MedSeg.Tests.Devices;

[Collection(nameof(ProcessWideTests))]
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

    [Fact]
    public void Large_blocks_return_to_the_system_only_while_that_is_asked_for()
    {
        // More memory than other tests left free; blocks of more than half of 64 MiB are never kept on other threads than the first one.
        const int blocks = 8;
        const long bytes = 1 << 24;
        Assert.SkipUnless(OperatingSystem.IsLinux() && TorchSettings.Apply(), "glibc does not manage memory here, or the environment configures how.");
        long Kept()
        {
            long before = Environment.WorkingSet;
            torch.Tensor[] tensors = [.. Enumerable.Range(0, blocks).Select(_ => torch.ones(bytes / sizeof(float)))];
            Array.ForEach(tensors, tensor => tensor.Dispose());
            return Environment.WorkingSet - before;
        }

        long returned;
        using (TorchSettings.ReturnLargeBlocks())
        {
            // The first call also loads torch.
            _ = Kept();
            returned = Kept();
        }

        long kept = Kept();
        TorchSettings.GiveMemoryBack();

        Assert.InRange(returned, long.MinValue, bytes);
        Assert.InRange(kept, blocks * bytes / 4, long.MaxValue);
    }
}
