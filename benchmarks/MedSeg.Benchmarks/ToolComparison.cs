namespace MedSeg.Benchmarks;

/// <summary>The time of decoding a file of many large frames to one without compression, beside dcmtk and GDCM.</summary>
/// <param name="files">The files.</param>
/// <param name="rounds">How often each is measured.</param>
/// <param name="report">Takes a table in Markdown.</param>
internal sealed class ToolComparison(SliceFiles files, int rounds, TextWriter report)
{
    /// <summary>Measures all encodings.</summary>
    /// <param name="codecs">The encodings.</param>
    public void Run(IReadOnlyList<Codec> codecs)
    {
        report.WriteLine($"\n| {SliceFiles.LargeFrames} frames of 2048×2048, 16 bits | tool | tool ÷ MedSeg | without the tool's start | MedSeg, ms a frame | tool, ms a frame |\n|---|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            foreach (string tool in codec.Decoders.Where(d => ExternalTool.FindVersion(d.Split(' ')[0]) is not null))
            {
                Compare(codec, tool);
            }
        }
    }

    private void Compare(Codec codec, string tool)
    {
        const double FrameMilliseconds = 1000.0 / SliceFiles.LargeFrames;
        string path = files.Large(codec);
        string trivial = files.Trivial(codec);
        string target = Path.Combine(files.Scratch, "converted");
        var (own, other, work) = (new Samples(), new Samples(), new Samples());

        // The first round warms up.
        for (int round = -1; round < rounds; round++)
        {
            double ownTime = FrameMilliseconds * OwnReader.Convert(path, target);
            double toolTime = FrameMilliseconds * ExternalTool.Run(tool, path, target);
            double startTime = FrameMilliseconds * ExternalTool.Run(tool, trivial, target);
            if (round >= 0)
            {
                own.Add(ownTime);
                other.Add(toolTime);
                work.Add(toolTime - startTime);
            }
        }

        report.WriteLine($"| {codec.Name} | {tool} | {Samples.Ratio(other, own).Text("0.0")} | {Samples.Ratio(work, own).Text("0.0")} | {own.Text("0.0")} | {other.Text("0.0")} |");
    }
}
