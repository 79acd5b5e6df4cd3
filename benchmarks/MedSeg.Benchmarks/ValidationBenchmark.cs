using System.Diagnostics;
using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Benchmarks;

/// <summary>
/// What a validation costs: at the size of the images, which are twice as large as the input, and at the input size, beside an epoch of training
/// on as many slices, by turns in one run.
/// </summary>
internal static class ValidationBenchmark
{
    private const int Rounds = 7;
    private const int Slices = 24;
    private static readonly string[] s_names = ["A", "B", "C", "D"];

    /// <summary>Measures, and reports a table in Markdown.</summary>
    /// <param name="report">Takes the table.</param>
    /// <param name="sizes">The sides of the input, in pixels.</param>
    public static void Run(TextWriter report, IEnumerable<int> sizes)
    {
        report.WriteLine("| input size | images | validation, ms a slice | fast validation, ms a slice | validation ÷ fast | validation ÷ training, each slice |");
        report.WriteLine("|---|---|---|---|---|---|");
        foreach (int size in sizes)
        {
            report.WriteLine(Measure(size));
        }
    }

    private static string Measure(int size)
    {
        Dataset dataset = InMemoryDataset.Create(Enumerable.Range(0, Slices).Select(i => Slice(i, 2 * size)), new InMemoryDatasetOptions { LabelNames = s_names, InputSize = size });
        var options = new TrainingOptions { Architecture = NetworkArchitecture.PyramidNorm, Epochs = Rounds + 1, ReportInterval = 1000 };
        using SegmentationNetwork network = SegmentationNetworks.Create(options.NetworkFor(dataset.Preprocessing.Shape, s_names.Length), torch.CPU);
        network.Parameters.Initialize(1);
        double Validate(bool isFast)
        {
            long start = Stopwatch.GetTimestamp();
            _ = new ValidationScorer(network, dataset.Samples, dataset.Preprocessing, s_names, isFast).Score(options.BatchSize, torch.CPU);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / Slices;
        }

        string folder = Directory.CreateTempSubdirectory("medseg-").FullName;
        try
        {
            var (whole, fast, training) = (new Samples(), new Samples(), new Samples());
            foreach (EpochRecord epoch in new Trainer(dataset, options, new RunOptions { OutputPath = folder, Device = "cpu" }).Run(null, CancellationToken.None))
            {
                (double first, double second) = (Validate(isFast: false), Validate(isFast: true));
                if (epoch.Epoch > 1)
                {
                    // The first round warms up.
                    whole.Add(first);
                    fast.Add(second);
                    training.Add(1000 / epoch.SlicesPerSecond);
                }
            }

            return string.Create(CultureInfo.InvariantCulture, $"| {size} | {2 * size} × {2 * size} | {whole.Text("0.00")} | {fast.Text("0.00")} | {Samples.Ratio(whole, fast).Text("0.00")} | {Samples.Ratio(whole, training).Text("0.00")} |");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Four discs on noise.
    private static LabeledSlice Slice(int number, int side)
    {
        var random = new Random(number);
        byte[] mask = new byte[side * side];
        float[] image = new float[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            (double y, double x) = ((double)(i / side) / side, (double)(i % side) / side);
            int roi = (x < 0.5 ? 1 : 2) + (y < 0.5 ? 0 : 2);
            (double dy, double dx) = ((y % 0.5) - 0.25, (x % 0.5) - 0.25);
            mask[i] = (dy * dy) + (dx * dx) < 0.02 ? (byte)roi : (byte)0;
            image[i] = (mask[i] * 50) + (100 * random.NextSingle());
        }

        return new LabeledSlice(new SliceImage { Name = $"s{number}", Pixels = image, Rows = side, Columns = side }, mask, $"p{number}");
    }
}
