using System.Globalization;

namespace MedSeg.Devices;

/// <summary>
/// The memory of a Linux machine: that of /proc/meminfo, or the lowest limit of the control groups of the process, as in
/// containers and jobs.
/// </summary>
internal static class LinuxMemory
{
    // Control groups of version 2 (kernel's admin-guide/cgroup-v2.rst) and version 1 (admin-guide/cgroup-v1/memory.rst).
    private static readonly GroupFiles s_version2 = new("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");
    private static readonly GroupFiles s_version1 = new("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");

    /// <summary>Reads the memory.</summary>
    /// <param name="root">The folder that contains proc and sys: / except in tests.</param>
    /// <returns>Total and used bytes; null if /proc/meminfo does not state them.</returns>
    public static MemoryAmount? Read(string root)
    {
        string[] machine = Lines(Path.Combine(root, "proc/meminfo"));
        if (Value(machine, "MemTotal:") is not { } totalKilobytes || Value(machine, "MemAvailable:") is not { } availableKilobytes)
        {
            return null;
        }

        var memory = new Available(totalKilobytes * 1024, availableKilobytes * 1024);
        foreach (string line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // hierarchy:controllers:path, as in 0::/user.slice of version 2 and 4:memory:/docker/1f of version 1.
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && (parts[1].Length == 0 || parts[1].Split(',').Contains("memory")))
            {
                memory = Tighten(memory, root, parts[1].Length == 0 ? s_version2 : s_version1, parts[2]);
            }
        }

        return new MemoryAmount(memory.Total, memory.Total - Math.Clamp(memory.Free, 0, memory.Total));
    }

    // The limit of a group also applies to the groups within it.
    private static Available Tighten(Available memory, string root, GroupFiles files, string group)
    {
        for (string path = group.Trim('/'); ; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
        {
            string folder = Path.Combine(root, files.Mount, path);
            if (Value(Lines(Path.Combine(folder, files.Limit)), "") is { } limit)
            {
                // Cached pages of files that were not used lately count as usage, but are reclaimed before memory runs out.
                long usage = Value(Lines(Path.Combine(folder, files.Usage)), "") ?? 0;
                long reclaimable = Value(Lines(Path.Combine(folder, "memory.stat")), files.InactiveFile + " ") ?? 0;
                memory = new Available(Math.Min(memory.Total, limit), Math.Min(memory.Free, limit - Math.Max(usage - reclaimable, 0)));
            }

            if (path.Length == 0)
            {
                return memory;
            }
        }
    }

    private static long? Value(string[] lines, string label)
    {
        foreach (string line in lines)
        {
            if (line.StartsWith(label, StringComparison.Ordinal))
            {
                string text = line[label.Length..].Replace("kB", "", StringComparison.Ordinal);
                return long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long value) ? value : null;
            }
        }

        return null;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private readonly record struct Available(long Total, long Free);

    private sealed record GroupFiles(string Mount, string Limit, string Usage, string InactiveFile);
}
