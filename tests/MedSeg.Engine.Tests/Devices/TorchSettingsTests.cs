using System.Collections;
using System.Runtime.InteropServices;
using MedSeg.Devices;
using MedSeg.Tests.Training;
using TorchSharp;

namespace MedSeg.Tests.Devices;

[Collection(nameof(ProcessWideTests))]
public partial class TorchSettingsTests
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
        // More than other tests left free, of blocks that also stay on other threads than the first one (up to 32 MiB).
        const int blocks = 64;
        const long bytes = 1 << 24;
        Assert.SkipUnless(OperatingSystem.IsLinux() && TorchSettings.Apply(), "glibc does not manage memory here, or the environment configures how.");

        // What glibc has mapped for single blocks, which it unmaps when they are freed; other blocks it keeps.
        static long MappedFor(int count)
        {
            long before = MemoryInfo().MappedBytes;
            torch.Tensor[] tensors = [.. Enumerable.Range(0, count).Select(_ => torch.empty(bytes / sizeof(float)))];
            long mapped = MemoryInfo().MappedBytes - before;
            Array.ForEach(tensors, tensor => tensor.Dispose());
            return mapped;
        }

        // The first call also loads torch.
        _ = MappedFor(1);
        long returned;
        using (TorchSettings.ReturnLargeBlocks())
        {
            returned = MappedFor(blocks);
        }

        long kept = MappedFor(blocks);
        TorchSettings.GiveMemoryBack();

        Assert.InRange(returned, blocks * bytes / 2, long.MaxValue);
        Assert.Equal(0, kept);
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial AllocatorInfo MemoryInfo();

    // mallinfo2 of glibc's malloc.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct AllocatorInfo
    {
        public nint Arena, Chunks, SmallChunks, Mappings, MappedBytes, HighMark, FreeSmall, Used, Free, Top;
    }
}
