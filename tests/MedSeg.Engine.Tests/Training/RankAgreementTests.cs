using System.Text;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Tests.Distributed;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>Ranks that differ in the options, the data, MedSeg or the weights are refused, with the difference; here each rank is a thread.</summary>
public sealed class RankAgreementTests : IDisposable
{
    // Gradients are longer than what ranks tell each other when they meet.
    private const int LongestMessage = 5000;
    private static readonly TrainingOptions s_options = new() { Epochs = 2, BatchSize = 4, LearningRate = 1e-3, BaseWidth = 2, Shares = 4 };

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;
    private readonly RunOptions _run;

    public RankAgreementTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
        _run = new RunOptions { OutputPath = Path.Combine(_folder, "run"), Device = "cpu" };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Different_options_are_refused_and_named()
    {
        (int Result, Exception? Error)[] found = new LocalRanks(3).Run(transport =>
            new Trainer(_dataset, s_options with { LearningRate = transport.Rank == 2 ? 0.01 : 0.001, Seed = transport.Rank, GradientFormat = (GradientFormat)(transport.Rank % 2) }, _run with { Transport = transport }).Run(null, CancellationToken.None).Count());

        Assert.All(found, rank =>
        {
            var error = Assert.IsType<MedSegException>(rank.Error);
            Assert.Equal(ErrorIds.RanksDiffer, error.ErrorId);
            Assert.Contains("-LearningRate is 0.001 on rank 0 on node0 and 0.01 on rank 2 on node2", error.Finding, StringComparison.Ordinal);
            Assert.Contains("-Seed is 0 on rank 0 on node0 and 1 on rank 1 on node1", error.Finding, StringComparison.Ordinal);
            Assert.Contains("-GradientFormat is Float32 on rank 0 on node0 and BFloat16 on rank 1 on node1", error.Finding, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(_run.OutputPath));
    }

    [Theory]
    [InlineData("fewer", "the number of training slices is ")]
    [InlineData("names", "the checksum of the names of the training slices is ")]
    [InlineData("sizes", "the checksum of the sizes of the training slices and their ROIs is ")]
    [InlineData("ROIs", "the checksum of the sizes of the training slices and their ROIs is ")]
    [InlineData("intensities", "the checksum of the intensities of the training slices is ")]
    [InlineData("labels", "the list of ROIs is ")]
    public void Different_data_are_refused_and_named(string what, string difference)
    {
        Dataset other = what switch
        {
            "fewer" => _dataset with { Samples = [.. _dataset.Samples.Skip(1)] },
            "names" => Change(sample => sample with { Name = sample.Name + "x" }),
            "sizes" => Change(sample => sample with { Rows = sample.Rows + 1 }),
            "ROIs" => Change(sample => sample with { RoiPixels = [.. sample.RoiPixels.Select(count => count + 1)] }),
            "intensities" => Change(sample => sample with { Spread = sample.Spread!.Value with { Mean = sample.Spread.Value.Mean + 0.01 } }),
            _ => _dataset with { LabelNames = [.. _dataset.LabelNames.Reverse()] },
        };

        (int Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
            new Trainer(transport.Rank == 0 ? _dataset : other, s_options, _run with { Transport = transport }).Run(null, CancellationToken.None).Count());

        Assert.All(found, rank =>
        {
            var error = Assert.IsType<MedSegException>(rank.Error);
            Assert.Equal(ErrorIds.RanksDiffer, error.ErrorId);
            Assert.Contains(difference, error.Finding, StringComparison.Ordinal);
            Assert.Contains(" on rank 0 on node0 and ", error.Finding, StringComparison.Ordinal);
        });

        Dataset Change(Func<Sample, Sample> change) => _dataset with { Samples = [.. _dataset.Samples.Select((sample, i) => i == 0 ? change(sample) : sample)] };
    }

    [Fact]
    public void Different_versions_are_refused_and_named()
    {
        string own = typeof(Trainer).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..12];
        var ranks = new LocalRanks(2) { Tamper = data => Encoding.UTF8.GetString(data) is var text && text.Contains(own, StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(text.Replace(own, "000000000000", StringComparison.Ordinal)) : data };
        (int Result, Exception? Error)[] found = ranks.Run(transport =>
            new Trainer(_dataset, s_options, _run with { Transport = transport }).Run(null, CancellationToken.None).Count());

        Assert.All(found, rank => Assert.Matches(
            $"^The ranks differ: the version of MedSeg is [0-9.]+, build {own}, on rank 0 on node0 and [0-9.]+, build 000000000000, on rank 1 on node1\\.$",
            Assert.IsType<MedSegException>(rank.Error).Finding));
    }

    [Fact]
    public void Weights_that_differ_after_an_epoch_end_the_run()
    {
        // Of its own part of the gradients, rank 1 sends rank 0 other numbers than it has.
        int sent = 0;
        var ranks = new LocalRanks(2) { Tamper = data => data.Length > LongestMessage && ++sent % 2 == 0 ? [.. data.Select((value, i) => i % sizeof(float) == 2 ? (byte)(value ^ 0x40) : value)] : data };
        (int Result, Exception? Error)[] found = ranks.Run(transport =>
            new Trainer(_dataset, s_options, _run with { Transport = transport }).Run(null, CancellationToken.None).Count());

        Assert.All(found, rank => Assert.Equal(ErrorIds.RanksDiffer, Assert.IsType<MedSegException>(rank.Error).ErrorId));
        Assert.All(found, rank => Assert.StartsWith("The weights of rank 1 on node1 are not those of rank 0 on node0, though both took the same steps", ((MedSegException)rank.Error!).Finding, StringComparison.Ordinal));
        Assert.False(File.Exists(_run.ModelPath));
    }
}
