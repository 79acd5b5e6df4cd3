namespace MedSeg.Benchmarks.Peers;

/// <summary>A program with one choice of the settings that decide how fast it is.</summary>
/// <param name="Kind">The library and its precision. The fastest setting of each kind is compared with MedSeg.</param>
/// <param name="Details">The other settings.</param>
/// <param name="IsFloat32">Whether all arithmetic is in float32, as MedSeg's.</param>
/// <param name="Start">Starts the program; null where it is not installed.</param>
internal sealed record PeerSetting(string Kind, string Details, bool IsFloat32, Func<LineWorker?> Start)
{
    /// <summary>Gets the name for tables.</summary>
    public string Name => Details.Length == 0 ? Kind : $"{Kind} ({Details})";
}
