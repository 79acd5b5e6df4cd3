using System.Diagnostics;
using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Benchmarks;

/// <summary>
/// Checks that memory, handles and CPU time for each epoch stay flat while a process trains for an hour: runs of 10,000 epochs, one after the
/// other, each resumed every hundred epochs.
/// </summary>
internal static class SoakCheck
{
    private const int EpochsPerRound = 100;
    private const int RoundsPerRun = 100;
    private const double MostGrowth = 1;

    /// <summary>Trains on tiny slices, and prints what the first, the middle and the last round of each run need.</summary>
    /// <param name="output">Where the table is written to.</param>
    /// <param name="minutes">How long to train.</param>
    /// <returns>Whether managed memory grows by less than 1 MiB an hour in the second half, and handles do not grow.</returns>
    public static bool Run(TextWriter output, double minutes)
    {
        string folder = Directory.CreateTempSubdirectory("medseg-soak-").FullName;
        try
        {
            // The history of a run grows, so its rounds are compared with the same rounds of other runs.
            DemoDataset.Create(new DemoDatasetOptions { Root = folder, TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 1, Size = 48 });
            Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(folder, "train", "dicoms"), LabelPath = Path.Combine(folder, "train", "labels"), InputSize = 16 });
            output.WriteLine("| minutes | run | epochs | working set, MiB | managed, MiB | handles | CPU ms an epoch |");
            output.WriteLine("|---|---|---|---|---|---|---|");
            var rounds = new List<Round>();
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalMinutes < minutes)
            {
                int done = rounds.Count % RoundsPerRun;
                TimeSpan before = Environment.CpuUsage.TotalTime;
                Train(dataset, Path.Combine(folder, "run"), done + 1);
                rounds.Add(Round.Now(clock.Elapsed, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / EpochsPerRound));
                if (done is 0 or RoundsPerRun / 2 or RoundsPerRun - 1)
                {
                    output.WriteLine(rounds[^1].ToRow(((rounds.Count - 1) / RoundsPerRun) + 1, (done + 1) * EpochsPerRound));
                }
            }

            return Judge(output, [.. rounds.Where((_, i) => i % RoundsPerRun == RoundsPerRun - 1)], rounds.Count * EpochsPerRound);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Train(Dataset dataset, string folder, int round)
    {
        var options = new TrainingOptions { Epochs = round * EpochsPerRound, BatchSize = 2, BaseWidth = 1, ValidationFraction = 0.3 };
        foreach (EpochRecord _ in new Trainer(dataset, options, new RunOptions { OutputPath = folder, Device = "cpu", Resume = round > 1, Force = round == 1 }).Run())
        {
        }
    }

    // The last rounds of all runs but the first, during which the process warms up.
    private static bool Judge(TextWriter output, Round[] ends, int epochs)
    {
        if (ends.Length < 4)
        {
            output.WriteLine("Four runs are needed to tell whether memory grows. Give more minutes.");
            return false;
        }

        Round[] late = ends[1..];
        double managed = SlopePerHour(late, round => round.Managed);
        double handles = SlopePerHour(late, round => round.Handles);
        bool isFlat = managed < MostGrowth && handles < 1;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {epochs:N0} epochs in {ends.Length} runs, resumed every {EpochsPerRound} epochs. An hour changes the working set by {SlopePerHour(late, round => round.Resident):+0.0;-0.0} MiB, managed memory
            by {managed:+0.00;-0.00} MiB, and handles by {handles:+0.0;-0.0}. CPU time for an epoch at the end of the last run ÷ of the second: {late[^1].CpuPerEpoch / late[0].CpuPerEpoch:0.00}.
            Memory and handles {(isFlat ? "stay flat" : "GROW")}.
            """));
        return isFlat;
    }

    // The slope of the line of least squares.
    private static double SlopePerHour(Round[] rounds, Func<Round, double> value)
    {
        (double time, double level) = (rounds.Average(round => round.Time.TotalHours), rounds.Average(value));
        return rounds.Sum(round => (round.Time.TotalHours - time) * (value(round) - level)) / rounds.Sum(round => Math.Pow(round.Time.TotalHours - time, 2));
    }

    private sealed record Round(TimeSpan Time, double Resident, double Managed, int Handles, double CpuPerEpoch)
    {
        public static Round Now(TimeSpan time, double cpuPerEpoch)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            int handles = OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : Process.GetCurrentProcess().HandleCount;
            return new Round(time, Environment.WorkingSet / 1024.0 / 1024.0, GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0, handles, cpuPerEpoch);
        }

        public string ToRow(int run, int epochs) => string.Create(CultureInfo.InvariantCulture, $"| {Time.TotalMinutes:0.0} | {run} | {epochs} | {Resident:0} | {Managed:0.0} | {Handles} | {CpuPerEpoch:0.0} |");
    }
}
