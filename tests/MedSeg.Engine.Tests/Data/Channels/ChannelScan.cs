using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>A folder of NIfTI images of water and fat, and their labels.</summary>
internal sealed class ChannelScan : IDisposable
{
    public const int Side = 16;
    public const int InputSize = 32;
    public const int Slices = 3;

    public static readonly ImageChannel[] Channels = [new("water", "_W"), new("fat", "_F")];

    public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public string Images => Path.Combine(Folder, "images");

    public string Labels => Path.Combine(Folder, "labels");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes both channels of a patient, and the labels: the ROI is dark in water and bright in fat.</summary>
    public ChannelScan Add(string patient, string water = "_W", string fat = "_F", float shift = 0)
    {
        Image(0, 0).Save(Images, $"{patient}{water}.nii.gz");
        Image(1, shift).Save(Images, $"{patient}{fat}.nii.gz");
        return AddLabels(patient);
    }

    public ChannelScan AddLabels(string patient)
    {
        (Image(0, 0) with { Voxels = Truth() }).Save(Labels, $"{patient}.nii.gz");
        return this;
    }

    /// <summary>Makes a volume of one channel, moved by some mm.</summary>
    public static NiftiBytes Image(int channel, float shift)
    {
        short[] truth = Truth();
        return new NiftiBytes([Side, Side, Slices], [.. truth.Select((roi, i) => (short)(channel == 1 ? (roi * 500) + (i % 7) : 300 - (roi * 200) + (i % 5)))])
        {
            Affine = [1, 0, 0, shift, 0, 1, 0, 0, 0, 0, 4, 0],
            Sizes = [1, 1, 4],
        };
    }

    public DatasetOptions Options(params ImageChannel[] channels) => new() { DicomPath = Images, LabelPath = Labels, InputSize = InputSize, LabelNames = ["muscle"], Channels = channels };

    public Dataset Import(params ImageChannel[] channels) => DatasetImporter.Import(Options(channels), cancellationToken: TestContext.Current.CancellationToken);

    private static short[] Truth() => [.. Enumerable.Range(0, Side * Side * Slices).Select(i => (short)(i % Side is >= 4 and < 10 && i / Side % Side is >= 5 and < 12 ? 1 : 0))];
}
