namespace MedSeg.Benchmarks.Peers;

/// <summary>The instruction sets of the CPU, as Linux lists them; none on other systems.</summary>
internal static class CpuFlags
{
    private const string List = "/proc/cpuinfo";
    private static readonly Lazy<HashSet<string>> s_flags = new(Read);

    /// <summary>Returns whether the CPU has some instruction sets.</summary>
    /// <param name="names">Their names in /proc/cpuinfo.</param>
    public static bool Have(params IEnumerable<string> names) => names.All(s_flags.Value.Contains);

    private static HashSet<string> Read()
    {
        string? line = File.Exists(List) ? File.ReadLines(List).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) : null;
        return [.. line?.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []];
    }
}
