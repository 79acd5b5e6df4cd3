using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Tests.Inference;

/// <summary>A folder with a series of slices: an ellipse of ROI 1 in each, a square of ROI 2 within it.</summary>
internal sealed class ScanFolder : IDisposable
{
    public const int Size = 64;
    public const int Rows = 84;
    public const int Columns = 112;
    public const double Distance = 4;
    private static readonly PixelSpacing s_spacing = new(0.5, 0.75);
    private readonly string _series = DicomUid.Create();
    private readonly string _study = DicomUid.Create();
    private readonly string _frame = DicomUid.Create();

    public string Root { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public string Scans => PathOf("scans");

    public string Output => PathOf("masks");

    public static SegmentationModel Model { get; } = ModelOf(Size);

    /// <summary>Makes a model of an input size.</summary>
    public static SegmentationModel ModelOf(int size) => new()
    {
        Path = "model.safetensors",
        Description = new ModelDescription
        {
            Data = new DataDescription { LabelNames = ["Outer", "Inner"], Preprocessing = new Preprocessing { InputSize = size, ResizeMode = ResizeMode.Pad } },
            Architecture = NetworkOptions.Published(size, 2),
        },
        Tensors = new Dictionary<string, SafetensorsTensor>(),
        TrainingData = new TrainingDataProfile { Modalities = ["MR"], Means = [0, 1000], Deviations = [10, 1000], Picture = new float[256], Likeness = 0 },
    };

    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Makes a slice; the greater the number, the larger the shapes.</summary>
    public string Add(string name, int number, double[]? position = null, double[]? orientation = null, string? seriesUid = null)
    {
        byte[] truth = Truth(number);
        Directory.CreateDirectory(Scans);
        string path = Path.Combine(Scans, name + ".dcm");
        DicomWriter.Write(path, new DicomMrSlice
        {
            Rows = Rows,
            Columns = Columns,
            Pixels = [.. truth.Select(v => (ushort)(v * 100))],
            Spacing = s_spacing,
            PatientId = "SECRET-ID",
            PatientName = "Secret^Name",
            StudyInstanceUid = _study,
            SeriesInstanceUid = seriesUid ?? _series,
            SopInstanceUid = DicomUid.Create(),
            FrameOfReferenceUid = _frame,
            InstanceNumber = 100 - number,
            SliceThickness = Distance,
            ImagePosition = position ?? [-40, -20, Distance * number],
            ImageOrientation = orientation ?? [1, 0, 0, 0, 1, 0],
        });
        return path;
    }

    /// <summary>Makes an element of a file one that nobody knows; its number must be even.</summary>
    public static void Hide(string path, ushort group, ushort element)
    {
        byte[] bytes = File.ReadAllBytes(path);
        byte[] tag = [(byte)group, (byte)(group >> 8), (byte)element, (byte)(element >> 8)];
        bytes[bytes.AsSpan().IndexOf(tag) + 2]++;
        File.WriteAllBytes(path, bytes);
    }

    public static byte[] Truth(int number)
    {
        byte[] truth = new byte[Rows * Columns];
        for (int i = 0; i < truth.Length; i++)
        {
            int row = i / Columns;
            int column = i % Columns;
            double y = (row + 0.5 - 42) / (20 + number);
            double x = (column + 0.5 - 56) / (30 + number);
            bool inner = row is >= 35 and < 49 && column is >= 42 and < 70;
            truth[i] = inner ? (byte)2 : (x * x) + (y * y) <= 1 ? (byte)1 : (byte)0;
        }

        return truth;
    }

    public static InferenceOptions Options { get; } = new() { BatchSize = 2 };

    public MaskOutput Masks => new() { OutputPath = Output };

    public List<SegmentedSlice> Run(
        MaskOutput? output = null,
        List<string>? errors = null,
        List<string>? warnings = null,
        SegmentationModel? model = null,
        ISegmentationBackend? backend = null,
        InferenceOptions? options = null)
    {
        var events = new EngineEvents { Error = e => errors?.Add(e.ErrorId), Warning = w => warnings?.Add(w) };
        using var segmenter = new Segmenter(new ModelEnsemble([model ?? Model]), options ?? Options, () => backend ?? new BrightnessBackend(Size));
        return [.. segmenter.Run([Scans], output ?? Masks, events: events)];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
