using System.Diagnostics;
using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inspection;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Benchmarks;

/// <summary>Measures time and memory of very many small slices, from the import to the masks.</summary>
internal static class ManySlicesCheck
{
    private const int SlicesPerPatient = 99;
    private const int InputSize = 16;

    /// <summary>Draws slices, imports them with a disk cache, inspects them, trains an epoch, and segments them; prints a table.</summary>
    /// <param name="output">Where the table is written to.</param>
    /// <param name="count">About how many slices, at most 98,901.</param>
    /// <returns>Whether every slice was imported and segmented.</returns>
    public static bool Run(TextWriter output, int count)
    {
        string folder = Directory.CreateTempSubdirectory("medseg-many-").FullName;
        try
        {
            var demo = DemoDataset.Create(new DemoDatasetOptions { Root = folder, TrainingPatients = Math.Clamp(count / SlicesPerPatient, 1, 999), HeldOutPatients = 0, SlicesPerPatient = SlicesPerPatient, Size = 48 });
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n| {demo.Slices:N0} slices of 48 × 48 pixels | seconds | CPU ms a slice | working set at most, MiB | progress |"));
            output.WriteLine("|---|---|---|---|---|");
            Dataset dataset = Measure(output, demo.Slices, "import", events => DatasetImporter.Import(
                new DatasetOptions { DicomPath = Path.Combine(demo.TrainPath, "dicoms"), LabelPath = Path.Combine(demo.TrainPath, "labels"), InputSize = InputSize, Cache = DatasetCache.Disk, CachePath = Path.Combine(folder, "cache") }, events));
            Measure(output, demo.Slices, "inspection", events => DatasetInspector.Inspect(dataset, validation: null, events));
            var run = new RunOptions { OutputPath = Path.Combine(folder, "run"), Device = "cpu" };
            Measure(output, demo.Slices, "an epoch", events => new Trainer(dataset, new TrainingOptions { Epochs = 1, BatchSize = 64, BaseWidth = 1 }, run).Run(events).Count());
            using var segmenter = new Segmenter(run.ModelPath, new InferenceOptions { Device = "cpu", BatchSize = 64 });
            int segmented = Measure(output, demo.Slices, "segmentation", events => segmenter.Run([Path.Combine(demo.TrainPath, "dicoms")], new MaskOutput { OutputPath = Path.Combine(folder, "masks") }, events: events).Count());
            return dataset.Samples.Count(sample => sample.IsUsable) == demo.Slices && segmented == demo.Slices;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static T Measure<T>(TextWriter output, int slices, string name, Func<EngineEvents, T> work)
    {
        double most = 0;
        WorkProgress? last = null;
        bool isTruthful = true;
        using var timer = new Timer(_ => most = Math.Max(most, Environment.WorkingSet / 1024.0 / 1024.0), null, 0, 50);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        T result = work(new EngineEvents { Progress = progress => (isTruthful, last) = (isTruthful && (progress.Total == 0 || progress.Done <= progress.Total), progress.Stage is null ? progress : last) });
        double cpuPerSlice = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / slices;
        string reached = last is null ? "none" : !isTruthful ? "WRONG" : string.Create(CultureInfo.InvariantCulture, $"{last.Done:N0} of {last.Total:N0}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {clock.Elapsed.TotalSeconds:0.0} | {cpuPerSlice:0.00} | {most:0} | {reached} |"));
        return result;
    }
}
