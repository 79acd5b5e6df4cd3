using System.Diagnostics;
using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Durability;

/// <summary>
/// Interrupts training, import and segmentation at the calls that change files. The tests start this class again in a process of its own, into
/// which faults.c is loaded. Some of the points are tried; docs/durability.md says how to try all.
/// </summary>
public sealed class CrashPointTests(ITestOutputHelper output) : IDisposable
{
    private const string AllVariable = "MEDSEG_CRASH_POINTS";
    private const string ReportVariable = "MEDSEG_CRASH_REPORT";
    private const string FolderVariable = "MEDSEG_CRASH_FOLDER";
    private const string CallVariable = "MEDSEG_CRASH_CALL";
    private const int Killed = 128 + 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg-crash").FullName;

    /// <summary>Gets a value indicating whether all points and rounds are run.</summary>
    internal static bool IsAll => Environment.GetEnvironmentVariable(AllVariable) == "all";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Training_resumes_to_the_same_bytes() => InOwnProcess(nameof(Training_resumes_to_the_same_bytes), 59, Training);

    [Fact]
    public void Disk_cache_never_gives_other_data() => InOwnProcess(nameof(Disk_cache_never_gives_other_data), 7, Cache);

    [Fact]
    public void Masks_are_whole_or_missing() => InOwnProcess(nameof(Masks_are_whole_or_missing), 11, Segmentation);

    [Fact]
    public void Training_that_is_killed_at_a_call_resumes_to_the_same_bytes()
    {
        if (FaultLibrary.IsLoaded)
        {
            Dataset dataset = DatasetImporter.Import(Options(Demo()), cancellationToken: TestContext.Current.CancellationToken);
            string own = Environment.GetEnvironmentVariable(FolderVariable)!;
            FaultLibrary.Connect();
            FaultLibrary.Watch(own);
            FaultLibrary.Arm(long.Parse(Environment.GetEnvironmentVariable(CallVariable)!, CultureInfo.InvariantCulture), FaultKind.Kill);
            TrainingCase.Run(dataset, own);
            return;
        }

        string library = Library();
        TrainingCase training = Training();
        int points = 0;
        for (int call = IsAll ? 1 : 60; ; call += IsAll ? 1 : 70)
        {
            string folder = Path.Combine(_folder, "killed");
            using Process process = Start(library, nameof(Training_that_is_killed_at_a_call_resumes_to_the_same_bytes), (FolderVariable, folder), (CallVariable, call.ToString(CultureInfo.InvariantCulture)));
            string log = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                break;
            }

            Assert.True(process.ExitCode == Killed, log);
            training.Check(folder);
            Directory.Delete(folder, recursive: true);
            points++;
        }

        Assert.True(points > 1);
        output.WriteLine($"training, killed processes: {points} points");
    }

    /// <summary>Makes the options to import a small data set.</summary>
    /// <param name="data">The absolute path of a demo data set.</param>
    internal static DatasetOptions Options(string data) => new()
    {
        DicomPath = Path.Combine(data, "train", "dicoms"), LabelPath = Path.Combine(data, "train", "labels"), InputSize = 32,
    };

    private string Demo()
    {
        string data = Path.Combine(_folder, "data");
        DemoDataset.Create(new DemoDatasetOptions { Root = data, TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        return data;
    }

    private TrainingCase Training() => new(DatasetImporter.Import(Options(Demo())), Path.Combine(_folder, "reference"));

    private CacheCase Cache()
    {
        DatasetOptions options = Options(Demo());
        return new CacheCase(options, DatasetImporter.Import(options));
    }

    private SegmentationCase Segmentation()
    {
        DatasetOptions options = Options(Demo());
        var run = new RunOptions { OutputPath = Path.Combine(_folder, "model"), Device = "cpu" };
        _ = new Trainer(DatasetImporter.Import(options), new TrainingOptions { Epochs = 1, BaseWidth = 2 }, run).Run().Last();
        return new SegmentationCase(run.ModelPath, options.DicomPath, Path.Combine(_folder, "reference"));
    }

    private void InOwnProcess(string test, int step, Func<CrashCase> make)
    {
        if (FaultLibrary.IsLoaded)
        {
            FaultLibrary.Connect();
            Try(make(), IsAll ? 1 : step);
            return;
        }

        string report = Path.Combine(_folder, "report.txt");
        using Process process = Start(Library(), test, (ReportVariable, report));
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, log);
        output.WriteLine(File.ReadAllText(report));
    }

    private string Library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Calls of the system are intercepted with LD_PRELOAD, which is Linux's.");
        string? library = FaultLibrary.Compile(_folder);
        Assert.SkipWhen(library is null, "cc is not installed (Debian package gcc).");
        return library!;
    }

    private static Process Start(string library, string test, params ReadOnlySpan<(string Name, string Value)> variables)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashPointTests).Assembly.Location, "-method", $"{typeof(CrashPointTests).FullName}.{test}"]) { RedirectStandardOutput = true };
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private void Try(CrashCase work, int step)
    {
        string report = Environment.GetEnvironmentVariable(ReportVariable)!;
        var points = new CrashPoints(work, _folder, step, report);
        long started = Stopwatch.GetTimestamp();
        points.Crash();
        foreach (FaultKind kind in (FaultKind[])[FaultKind.InputOutputError, FaultKind.NoSpaceOnce, FaultKind.NoSpaceFromHere, FaultKind.Interrupted, FaultKind.ShortWrite])
        {
            points.Fail(kind);
        }

        File.AppendAllText(report, $"{work.Name}: {points.Points} points in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s\n");
    }
}
