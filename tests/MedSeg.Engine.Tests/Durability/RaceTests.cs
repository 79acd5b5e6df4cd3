using System.Collections.Concurrent;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Durability;

/// <summary>
/// Several at once in one folder, each with file handles of its own, as processes have: the system's locks do not tell them apart. Some rounds
/// are run; docs/durability.md says how to run 200.
/// </summary>
public sealed class RaceTests : IDisposable
{
    private static readonly int s_rounds = CrashPointTests.IsAll ? 200 : 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg-race").FullName;
    private readonly DatasetOptions _options;

    public RaceTests()
    {
        string data = Path.Combine(_folder, "data");
        DemoDataset.Create(new DemoDatasetOptions { Root = data, TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _options = CrashPointTests.Options(data);
    }

    private Dataset Import() => DatasetImporter.Import(_options, cancellationToken: TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_trainings_in_one_folder_end_with_the_model_of_one()
    {
        var training = new TrainingCase(Import(), Path.Combine(_folder, "reference"));
        int refused = 0;
        for (int round = 0; round < s_rounds; round++)
        {
            string folder = Path.Combine(_folder, "run");
            InParallel(2, _ =>
            {
                try
                {
                    training.Resume(folder);
                }
                catch (MedSegException e)
                {
                    Assert.Equal(ErrorIds.RunInProgress, e.ErrorId);
                    Interlocked.Increment(ref refused);
                }
            });

            training.Check(folder);
            Directory.Delete(folder, recursive: true);
        }

        Assert.InRange(refused, 1, s_rounds);
    }

    [Fact]
    public void Four_imports_share_a_cache()
    {
        var import = new CacheCase(_options, Import());
        for (int round = 0; round < s_rounds; round++)
        {
            string folder = Path.Combine(_folder, "cache");
            InParallel(4, _ => import.Check(folder));

            Assert.Single(Directory.GetFiles(folder, "*.slices"));
            Assert.Empty(Directory.GetFiles(folder, "*.partial"));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Reader_never_sees_half_a_file()
    {
        string path = Path.Combine(_folder, "m.safetensors");
        byte[][] contents = [.. Enumerable.Range(1, 8).Select(i => Enumerable.Repeat((byte)i, i * 40_000).ToArray())];
        AtomicFile.Write(path, stream => stream.Write(contents[0]));
        int writes = 25 * s_rounds;
        int left = writes;
        InParallel(3, worker =>
        {
            if (worker == 0)
            {
                for (; left > 0; left--)
                {
                    AtomicFile.Write(path, stream => stream.Write(contents[left % 8]));
                }

                return;
            }

            while (Volatile.Read(ref left) > 0)
            {
                byte[] found = FileContent.Read(path);
                Assert.Equal(contents[found[0] - 1].Length, found.Length);
                Assert.Equal(-1, found.AsSpan().IndexOfAnyExcept(found[0]));
            }
        });

        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Masks_are_whole_for_those_who_read_them_while_they_are_written()
    {
        var run = new RunOptions { OutputPath = Path.Combine(_folder, "model"), Device = "cpu" };
        _ = new Trainer(Import(), new TrainingOptions { Epochs = 1, BaseWidth = 2 }, run).Run(null, TestContext.Current.CancellationToken).Last();
        string folder = Path.Combine(_folder, "masks");
        var segmentation = new SegmentationCase(run.ModelPath, _options.DicomPath, Path.Combine(_folder, "reference"));
        for (int round = 0; round < s_rounds; round++)
        {
            bool isDone = false;
            InParallel(2, worker =>
            {
                if (worker == 0)
                {
                    segmentation.Check(folder);
                    Volatile.Write(ref isDone, true);
                    return;
                }

                do
                {
                    segmentation.RequireWhole(folder);
                }
                while (!Volatile.Read(ref isDone));
            });
        }
    }

    private static void InParallel(int workers, Action<int> work)
    {
        var errors = new ConcurrentQueue<Exception>();
        using var start = new Barrier(workers);
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(worker => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                work(worker);
            }
            catch (Exception e)
            {
                errors.Enqueue(e);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        foreach (Thread thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "They wait for each other.");
        }

        Assert.Empty(errors);
    }
}
