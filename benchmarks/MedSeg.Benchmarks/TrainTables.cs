namespace MedSeg.Benchmarks;

/// <summary>The tables of a comparison of training steps.</summary>
/// <param name="report">Takes them in Markdown.</param>
internal sealed class TrainTables(TextWriter report)
{
    /// <summary>Writes what was measured at one size.</summary>
    /// <param name="own">MedSeg.</param>
    /// <param name="python">PyTorch; null where it is not installed.</param>
    /// <param name="gigaOperations">The arithmetic of a step.</param>
    /// <param name="ownPeak">MedSeg's most memory, in bytes.</param>
    /// <param name="pythonPeak">PyTorch's.</param>
    public void Write(StepTimes own, StepTimes? python, double gigaOperations, double ownPeak, double? pythonPeak)
    {
        report.WriteLine("| | Python ÷ MedSeg | MedSeg | Python |\n|---|---|---|---|");
        Row("step, ms", own.Total, python?.Total, 1000);
        for (int i = 0; i < StepTimes.PartNames.Length; i++)
        {
            Row($"{StepTimes.PartNames[i]}, ms", own.Parts[i], python?.Parts[i], 1000);
        }

        Row("processor time, ms", own.Processor, python?.Processor, 1000);
        Samples? pythonShare = python is null ? null : Share(python, gigaOperations);
        Samples ownShare = Share(own, gigaOperations);
        report.WriteLine($"| {gigaOperations:0.0} GFLOP: GFLOP/s | | {gigaOperations / own.Total.Median:0} | {(python is null ? "–" : $"{gigaOperations / python.Total.Median:0}")} |");
        report.WriteLine($"| matrix product, GFLOP/s | | {own.MatrixRate.Text("0")} | {python?.MatrixRate.Text("0") ?? "–"} |");
        report.WriteLine($"| share of the matrix rate | | {ownShare.Text("0%")} | {pythonShare?.Text("0%") ?? "–"} |");
        report.WriteLine($"| most memory, MB | {pythonPeak / ownPeak:0.00} | {ownPeak / 1e6:0} | {pythonPeak / 1e6:0} |\n");
    }

    private static Samples Share(StepTimes times, double gigaOperations) =>
        Samples.Ratio(Samples.Scaled(gigaOperations, times.Total), times.MatrixRate);

    private void Row(string name, Samples own, Samples? python, double factor)
    {
        string ratio = python is null ? "–" : Samples.Ratio(python, own).Text("0.00");
        report.WriteLine($"| {name} | {ratio} | {own.Times(factor).Text("0.0")} | {python?.Times(factor).Text("0.0") ?? "–"} |");
    }
}
