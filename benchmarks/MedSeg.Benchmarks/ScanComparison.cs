using System.Globalization;
using MedSeg.Data.Files;
using MedSeg.Labels;

namespace MedSeg.Benchmarks;

/// <summary>The time from DICOM files to mask files and a table of areas, for a few slices and for a scan of hundreds.</summary>
/// <param name="files">The files.</param>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed class ScanComparison(SliceFiles files, TextWriter report)
{
    private static readonly (int Slices, int Rounds)[] s_scans = [(24, 5), (300, 3)];

    /// <summary>Measures programs by turns.</summary>
    /// <param name="peers">The programs, MedSeg first.</param>
    public void Run(IReadOnlyList<SegmentPeer> peers)
    {
        foreach ((int slices, int rounds) in s_scans)
        {
            string source = MakeScan(slices);
            Samples[] rates = [.. peers.Select(_ => new Samples())];

            // The first round warms up; with hundreds of slices there is no need to.
            for (int round = slices < 100 ? -1 : 0; round < rounds; round++)
            {
                for (int i = 0; i < peers.Count; i++)
                {
                    double seconds = peers[i].Scan(source, Target(i));
                    if (round >= 0)
                    {
                        rates[i].Add(slices / seconds);
                    }
                }
            }

            Write(slices, peers, rates);
        }

        WriteDifferences(peers);
    }

    // Slices come again under other names if there are too few.
    private string MakeScan(int slices)
    {
        string folder = Folder(string.Create(CultureInfo.InvariantCulture, $"scan{slices}"));
        string[] paths = files.Small(Codec.All[0]);
        for (int i = 0; i < slices; i++)
        {
            File.Copy(paths[i % paths.Length], Path.Combine(folder, $"{i:0000}.dcm"), overwrite: true);
        }

        return folder;
    }

    private void Write(int slices, IReadOnlyList<SegmentPeer> peers, Samples[] rates)
    {
        report.WriteLine($"\n| {slices} slices of 256×256 | slices/s | MedSeg's slices/s ÷ this |\n|---|---|---|");
        foreach ((SegmentPeer peer, Samples rate) in peers.Zip(rates))
        {
            report.WriteLine($"| {peer.Name} | {rate.Text("0.00")} | {Samples.Ratio(rates[0], rate).Text("0.00")} |");
        }
    }

    private void WriteDifferences(IReadOnlyList<SegmentPeer> peers)
    {
        report.WriteLine();
        for (int i = 1; i < peers.Count; i++)
        {
            report.WriteLine($"Pixels of {peers[i].Name} that differ from MedSeg's masks: {Differing(Target(0), Target(i)):P3}.");
        }

        report.WriteLine();
    }

    private static double Differing(string own, string other)
    {
        long differing = 0;
        long all = 0;
        foreach (string path in Directory.GetFiles(own, "*.png"))
        {
            float[] ours = LabelReader.ReadFrames(path, 1, LabelMapping.None)[0].Values;
            float[] theirs = LabelReader.ReadFrames(Path.Combine(other, Path.GetFileName(path)), 1, LabelMapping.None)[0].Values;
            differing += theirs.Zip(ours).Count(pair => pair.First != pair.Second);
            all += ours.Length;
        }

        return differing / (double)all;
    }

    private string Target(int peer) => Folder(string.Create(CultureInfo.InvariantCulture, $"masks{peer}"));

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(files.Scratch, name)).FullName;
}
