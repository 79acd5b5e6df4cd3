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

    // A large block that is freed and taken again brings no new pages from the system. Of threads other than the first, glibc keeps
    // blocks up to 64 MiB.
    [Fact]
    public unsafe void Freed_memory_stays_with_the_process_until_it_is_given_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/lib/x86_64-linux-gnu/libc.so.6"), "glibc's settings.");
        Assert.SkipWhen(TorchSettings.IsMemoryChosen(Environment.GetEnvironmentVariables()), "The environment says how glibc deals with memory.");
        TorchSettings.Apply();
        const nuint size = 40 << 20;
        long Faults()
        {
            // After the name in brackets: the eighth number counts the pages that came without a disk.
            string stat = File.ReadAllText("/proc/thread-self/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
        }

        // What lies at the end of a thread's memory stays there, so another block comes after it.
        var after = new List<nint>();
        long Touch()
        {
            long before = Faults();
            byte* block = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(size);
            after.Add((nint)System.Runtime.InteropServices.NativeMemory.Alloc(1 << 17));
            new Span<byte>(block, (int)size).Fill(1);
            System.Runtime.InteropServices.NativeMemory.Free(block);
            return Faults() - before;
        }

        long first = Touch();
        Assert.InRange(Touch(), 0, Math.Max(1000, first / 10));

        TorchSettings.GiveMemoryBack();
        Assert.InRange(Touch(), 8000, long.MaxValue);
        after.ForEach(block => System.Runtime.InteropServices.NativeMemory.Free((void*)block));
    }
}
