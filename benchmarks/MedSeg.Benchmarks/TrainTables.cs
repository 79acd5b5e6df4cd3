namespace MedSeg.Benchmarks;

/// <summary>The tables of a comparison of training steps.</summary>
/// <param name="report">Takes them in Markdown.</param>
internal sealed class TrainTables(TextWriter report)
{
    /// <summary>Writes what was measured at one size.</summary>
    /// <param name="peers">The programs, MedSeg first.</param>
    /// <param name="gigaOperations">The arithmetic of a step, computed directly.</param>
    public void Write(IReadOnlyList<TrainPeer> peers, double gigaOperations)
    {
        StepTimes own = peers[0].Times;
        report.WriteLine("| | step ÷ MedSeg's | CPU time ÷ MedSeg's | step, ms | CPU time, ms | forward, ms | backward, ms | effective GFLOP/s | matrix product, GFLOP/s | most memory, MB |\n|---|---|---|---|---|---|---|---|---|---|");
        foreach (TrainPeer peer in peers)
        {
            StepTimes times = peer.Times;
            string ratios = peer == peers[0] ? "1 | 1" : $"{Samples.Ratio(times.Total, own.Total).Text("0.00")} | {Samples.Ratio(times.Processor, own.Processor).Text("0.00")}";
            string parts = string.Join(" | ", ((string[])["forward", "backward"]).Select(part => Milliseconds(times.Parts[Array.IndexOf(StepTimes.PartNames, part)])));
            report.WriteLine($"| {peer.Name} | {ratios} | {Milliseconds(times.Total)} | {Milliseconds(times.Processor)} | {parts} | {gigaOperations / times.Total.Median:0} | {times.MatrixRate.Text("0")} | {peer.PeakMemory / 1e6:0} |");
        }

        report.WriteLine($"\n{gigaOperations:0.0} GFLOP a step, computed directly; effective GFLOP/s count these, whatever is computed.\n");
        IEnumerable<TrainPeer> others = peers.Where(peer => !peer.IsOwn);
        WriteStrongest("float32 peer", others.Where(peer => peer.IsFloat32), own);
        WriteStrongest("peer of any precision", others, own);
        report.WriteLine();
    }

    private void WriteStrongest(string name, IEnumerable<TrainPeer> peers, StepTimes own)
    {
        if (peers.MinBy(peer => peer.Times.Total.Median) is { } strongest)
        {
            report.WriteLine($"- The strongest {name} is {strongest.Name}: its step takes {Samples.Ratio(strongest.Times.Total, own.Total).Text("0.00")} times MedSeg's.");
        }
    }

    private static string Milliseconds(Samples seconds) => seconds.Times(1000).Text("0");
}
