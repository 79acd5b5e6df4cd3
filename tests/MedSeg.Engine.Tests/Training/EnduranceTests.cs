using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>What a long run keeps. Managed memory is that of the process, so no other test may run.</summary>
[Collection(nameof(EnduranceTests))]
[CollectionDefinition(nameof(EnduranceTests), DisableParallelization = true)]
public sealed class EnduranceTests : IDisposable
{
    // The record of an epoch with four ROIs, and what the pool keeps of the memory in which the history becomes JSON.
    private const int MostPerEpoch = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    private readonly Dataset _dataset;

    public EnduranceTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = _folder, TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 1, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "train", "dicoms"), LabelPath = Path.Combine(_folder, "train", "labels"), InputSize = 16 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Managed_memory_grows_by_the_history_and_no_more(int interval)
    {
        var options = new TrainingOptions { Epochs = 1000, BatchSize = 2, BaseWidth = 1, ValidationFraction = 0.3, ReportInterval = interval, CheckpointInterval = interval };
        var run = new RunOptions { OutputPath = Path.Combine(_folder, "run"), Device = "cpu", TensorBoard = true };
        using IEnumerator<EpochRecord> epochs = new Trainer(_dataset, options, run).Run(null, TestContext.Current.CancellationToken).GetEnumerator();

        long before = MemoryAfter(epochs, 40);
        long after = MemoryAfter(epochs, 120);

        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{(after - before) / 120.0:0} bytes per epoch at an interval of {interval}."));
        Assert.InRange((after - before) / 120.0, double.NegativeInfinity, MostPerEpoch);
    }

    private static long MemoryAfter(IEnumerator<EpochRecord> epochs, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(epochs.MoveNext());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
