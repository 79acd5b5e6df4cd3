namespace MedSeg.Benchmarks;

/// <summary>The time of decoding a file of many frames to one without compression, beside dcmtk and GDCM.</summary>
/// <param name="files">The files.</param>
/// <param name="rounds">How often each is measured.</param>
/// <param name="report">Takes a table in Markdown.</param>
internal sealed class ToolComparison(SliceFiles files, int rounds, TextWriter report)
{
    /// <summary>Measures all encodings.</summary>
    /// <param name="codecs">The encodings.</param>
    /// <param name="isLarge">Whether frames have 2048 × 2048 pixels and not 256 × 256.</param>
    public void Run(IReadOnlyList<Codec> codecs, bool isLarge)
    {
        report.WriteLine($"\n| {(isLarge ? $"{SliceFiles.LargeFrames} frames of 2048×2048" : $"{SliceFiles.Count} frames of 256×256")}, 16 bits | tool | tool ÷ MedSeg | without the tool's start | MedSeg, ms a frame | tool, ms a frame |\n|---|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            foreach (string tool in codec.Decoders.Where(d => ExternalTool.FindVersion(d.Split(' ')[0]) is not null))
            {
                Compare(codec, tool, isLarge);
            }
        }
    }

    private void Compare(Codec codec, string tool, bool isLarge)
    {
        double milliseconds = 1000.0 / (isLarge ? SliceFiles.LargeFrames : SliceFiles.Count);
        string path = isLarge ? files.Large(codec) : files.Stack(codec);
        string trivial = files.Trivial(codec);
        string target = Path.Combine(files.Scratch, "converted");
        var (own, other, work) = (new Samples(), new Samples(), new Samples());

        // The first round warms up.
        for (int round = -1; round < rounds; round++)
        {
            double ownTime = milliseconds * OwnReader.Convert(path, target);
            double toolTime = milliseconds * ExternalTool.Run(tool, path, target);
            double startTime = milliseconds * ExternalTool.Run(tool, trivial, target);
            if (round >= 0)
            {
                own.Add(ownTime);
                other.Add(toolTime);
                work.Add(toolTime - startTime);
            }
        }

        report.WriteLine($"| {codec.Name} | {tool} | {Samples.Ratio(other, own).Text("0.0")} | {Samples.Ratio(work, own).Text("0.0")} | {own.Text("0.00")} | {other.Text("0.00")} |");
    }
}
