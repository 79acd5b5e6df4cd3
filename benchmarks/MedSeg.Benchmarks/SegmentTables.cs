namespace MedSeg.Benchmarks;

/// <summary>The tables of a comparison of inference.</summary>
/// <param name="report">Takes them in Markdown.</param>
internal sealed class SegmentTables(TextWriter report)
{
    /// <summary>Writes what the networks took.</summary>
    /// <param name="peers">The programs, MedSeg first.</param>
    public void Write(IReadOnlyList<SegmentPeer> peers)
    {
        report.WriteLine("\n| network only, ms a slice | one by one | ÷ MedSeg's | CPU time ÷ MedSeg's | batches of 4 | ÷ MedSeg's | CPU time ÷ MedSeg's | matrix product, GFLOP/s |\n|---|---|---|---|---|---|---|---|");
        foreach (SegmentPeer peer in peers)
        {
            IEnumerable<string> columns = SegmentPeer.Batches.Select((_, i) =>
                $"{peer.Times[i].Times(1000).Text("0.0")} | {Samples.Ratio(peer.Times[i], peers[0].Times[i]).Text("0.00")} | {Samples.Ratio(peer.Processor[i], peers[0].Processor[i]).Text("0.00")}");
            report.WriteLine($"| {peer.Name} | {string.Join(" | ", columns)} | {peer.MatrixRate.Text("0")} |");
        }

        report.WriteLine();
        IEnumerable<SegmentPeer> others = peers.Where(peer => !peer.IsOwn);
        WriteStrongest("float32 peer", others.Where(peer => peer.IsFloat32), peers[0]);
        WriteStrongest("peer of any precision", others, peers[0]);
        report.WriteLine();
    }

    private void WriteStrongest(string name, IEnumerable<SegmentPeer> peers, SegmentPeer own)
    {
        for (int i = 0; i < SegmentPeer.Batches.Length; i++)
        {
            if (peers.MinBy(peer => peer.Times[i].Median) is { } strongest)
            {
                string batch = SegmentPeer.Batches[i] == 1 ? "one by one" : $"in batches of {SegmentPeer.Batches[i]}";
                report.WriteLine($"- {batch}: the strongest {name} is {strongest.Name}, which takes {Samples.Ratio(strongest.Times[i], own.Times[i]).Text("0.00")} times MedSeg's time.");
            }
        }
    }
}
