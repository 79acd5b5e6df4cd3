using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inspection;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference;

/// <summary>The direction in which volumes are cut, from training to segmentation.</summary>
public sealed class SliceAxisTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SliceAxis.Auto, SliceAxis.Axial)]
    [InlineData(SliceAxis.First, SliceAxis.Sagittal)]
    [InlineData(SliceAxis.Coronal, SliceAxis.Coronal)]
    public void Profile_of_the_training_images_has_the_direction(SliceAxis axis, SliceAxis expected)
    {
        using var scan = new SmallScan();
        SmallScan.Write(Path.Combine(scan.Dicoms, "P1.nii"), Volume(k => [.. SmallScan.Mask(k).Select((v, i) => (byte)((v * 40) + (i % 9)))]));
        SmallScan.Write(Path.Combine(scan.Labels, "P1.nii"), Volume(SmallScan.Mask));

        Dataset dataset = DatasetImporter.Import(
            new DatasetOptions { DicomPath = scan.Dicoms, LabelPath = scan.Labels, InputSize = 32, LabelNames = ["A", "B"], SliceAxis = axis }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(expected, TrainingDataProfile.Of([.. dataset.Samples.Where(s => s.IsUsable)], 32, TestContext.Current.CancellationToken)!.SliceAxis);
    }

    [Fact]
    public void Profile_of_DICOM_images_has_none()
    {
        using var scan = new SmallScan();

        Assert.Null(TrainingDataProfile.Of(scan.AddSeries().AddVolume("S.nii.gz").Import("A", "B").Samples, 32, TestContext.Current.CancellationToken)!.SliceAxis);
    }

    [Theory]
    [InlineData(SliceAxis.Auto, 32, "as the volumes that the model was trained on", false)]
    [InlineData(SliceAxis.Axial, 3, "as -SliceAxis says", true)]
    [InlineData(SliceAxis.Third, 3, "as -SliceAxis says", false)]
    public void Segmentation_uses_that_of_the_model_unless_another_is_given(SliceAxis axis, int slices, string reason, bool isWarned)
    {
        SmallScan.Write(Path.Combine(_folder.Scans, "P1.nii"), Volume(SmallScan.Mask));
        SegmentationModel model = ScanFolder.Model with { TrainingData = ScanFolder.Model.TrainingData! with { SliceAxis = SliceAxis.Sagittal } };
        var decisions = new List<string>();
        var warnings = new List<string>();
        using var segmenter = new Segmenter(new ModelEnsemble([model]), ScanFolder.Options with { SliceAxis = axis }, () => new BrightnessBackend(ScanFolder.Size));

        int count = segmenter.Run([_folder.Scans], _folder.Masks, events: new EngineEvents { Decision = decisions.Add, Warning = warnings.Add }, cancellationToken: TestContext.Current.CancellationToken).Count();

        Assert.Equal(slices, count);
        Assert.Contains(decisions, decision => decision.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(isWarned, warnings.Exists(warning => warning.Contains("The model was trained on sagittal slices, but -SliceAxis is Axial", StringComparison.Ordinal)));
    }

    private static byte[] Volume(Func<int, byte[]> slice) =>
        [.. NiftiHeaderWriter.Create(new Vector3D(-10, -20, 30), [new(0.7, 0, 0), new(0, 0.8, 0), new(0, 0, 3)], [SmallScan.Columns, SmallScan.Rows, 3]), .. Enumerable.Range(0, 3).SelectMany(slice)];
}
