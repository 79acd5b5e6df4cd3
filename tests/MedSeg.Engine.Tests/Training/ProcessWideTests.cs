using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>What a run sets for the whole process, so that no other run may be at work.</summary>
[Collection(nameof(ProcessWideTests))]
[CollectionDefinition(nameof(ProcessWideTests), DisableParallelization = true)]
public sealed class ProcessWideTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TF32_is_allowed_only_while_a_run_that_asks_for_it_trains(bool allowed)
    {
        TorchLibrary.Require();
        TorchSettings.AllowTF32(!allowed);
        Dataset dataset = Import();
        var run = new RunOptions { OutputPath = Path.Combine(_folder, "run"), Device = "cpu", AllowTF32 = allowed };
        var seen = new List<(bool, bool)>();

        _ = new Trainer(dataset, new TrainingOptions { Epochs = 1, BaseWidth = 2 }, run).Run(new EngineEvents { Progress = _ => seen.Add(State()) }, CancellationToken.None).Last();

        Assert.Equal((allowed, allowed), Assert.Single(seen.Distinct()));
        Assert.Equal((false, false), State());
    }

    private Dataset Import()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = _folder, TrainingPatients = 2, HeldOutPatients = 0, SlicesPerPatient = 1, Size = 48 });
        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "train", "dicoms"), LabelPath = Path.Combine(_folder, "train", "labels"), InputSize = 32 });
    }

    private static (bool, bool) State() => (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32);
}
