using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

public sealed class LinuxMemoryTests : IDisposable
{
    private const long Megabyte = 1 << 20;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("medseg-");

    public LinuxMemoryTests() => Write("proc/meminfo", "MemTotal:       8192 kB\nMemFree:          16 kB\nMemAvailable:    6144 kB\n");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Memory_is_that_of_the_machine_where_no_group_limits_it()
    {
        Assert.Equal(new MemoryAmount(8 * Megabyte, 2 * Megabyte), LinuxMemory.Read(_root.FullName));

        Write("proc/self/cgroup", "0::/user.slice\n");
        Write("sys/fs/cgroup/user.slice/memory.max", "max\n");

        Assert.Equal(new MemoryAmount(8 * Megabyte, 2 * Megabyte), LinuxMemory.Read(_root.FullName));
    }

    [Theory]
    [InlineData("0::/job/step", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")]
    [InlineData("0::/", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")]
    [InlineData("4:cpu,memory:/job/step", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")]
    public void Limit_of_a_group_wins_with_what_files_hold_counted_as_free(string group, string mount, string limit, string usage, string inactive)
    {
        string folder = mount + group[group.LastIndexOf(':')..].TrimStart(':');
        Write("proc/self/cgroup", group + "\n");
        Write($"{folder}/{limit}", $"{4 * Megabyte}\n");
        Write($"{folder}/{usage}", $"{3 * Megabyte}\n");
        Write($"{folder}/memory.stat", $"anon 5\n{inactive} {Megabyte}\nactive_file 9\n");

        Assert.Equal(new MemoryAmount(4 * Megabyte, 2 * Megabyte), LinuxMemory.Read(_root.FullName));
    }

    [Fact]
    public void Limit_of_the_group_above_holds()
    {
        Write("proc/self/cgroup", "0::/job/step\n");
        Write("sys/fs/cgroup/job/step/memory.max", $"{4 * Megabyte}\n");
        Write("sys/fs/cgroup/job/step/memory.current", $"{Megabyte}\n");
        Write("sys/fs/cgroup/job/memory.max", $"{5 * Megabyte}\n");
        Write("sys/fs/cgroup/job/memory.current", $"{5 * Megabyte}\n");

        Assert.Equal(new MemoryAmount(4 * Megabyte, 4 * Megabyte), LinuxMemory.Read(_root.FullName));
    }

    [Fact]
    public void Limit_above_what_the_machine_has_is_none()
    {
        Write("proc/self/cgroup", "4:memory:/job\n");
        Write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");

        Assert.Equal(new MemoryAmount(8 * Megabyte, 2 * Megabyte), LinuxMemory.Read(_root.FullName));
    }

    [Fact]
    public void System_without_the_table_gives_nothing() =>
        Assert.Null(LinuxMemory.Read(Path.Combine(_root.FullName, "nothing")));

    [Fact]
    public void This_machine_has_memory_in_use_and_free()
    {
        MemoryAmount memory = SystemMemory.Read();

        Assert.InRange(memory.Used, 1, memory.Total - 1);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
