using MedSeg.Composition;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Formats.Png;
using MedSeg.Imaging;

namespace MedSeg.Tests.Composition;

/// <summary>A phantom for tests of composition: ROI 1 is muscle with a share of fat, ROI 2 is fat.</summary>
public abstract class PhantomTests : IDisposable
{
    private protected const int Side = 80;
    private protected const double Distance = 5;
    private static readonly PixelSpacing s_spacing = new(0.5, 0.8);
    private readonly string _study = DicomUid.Create();
    private readonly string _frame = DicomUid.Create();

    private protected string Root { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected CompositionResult Measure(CompositionOptions options, Action<FatMap>? maps = null)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(Root, "dicoms"), LabelPath = Path.Combine(Root, "labels"), Recurse = true, InputSize = 16, LabelNames = ["Muscle", "Fat"] }, cancellationToken: token);
        return CompositionMeasure.Measure(dataset, options, maps: maps, cancellationToken: token);
    }

    // Rows and columns 10 to 49 are ROI 1, whose upper rows are fat; the last rows are ROI 2.
    private protected void AddSlice(string name, int number, double fat, double noise = 0, int direction = 1, int lower = 50)
    {
        byte[] mask = new byte[Side * Side];
        ushort[] pixels = new ushort[mask.Length];
        var random = new Random(number);
        for (int i = 0; i < mask.Length; i++)
        {
            (int row, int column) = (i / Side, i % Side);
            bool isMuscle = row is >= 10 and < 50 && column is >= 10 and < 50;
            mask[i] = isMuscle && row < lower ? (byte)1 : row >= 60 ? (byte)2 : (byte)0;
            double level = isMuscle ? (row < 10 + (40 * fat) ? 700 : 200) : row >= 60 ? noise > 0 ? 700 : 900 : 10;
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            pixels[i] = (ushort)Math.Max(0, level + (noise * normal));
        }

        WriteImage(Path.Combine(Root, "dicoms", name + ".dcm"), pixels, number, direction);
        string label = Path.Combine(Root, "labels", name + ".png");
        Directory.CreateDirectory(Path.GetDirectoryName(label)!);
        using FileStream stream = File.Create(label);
        PngEncoder.WriteGrey8(stream, Side, Side, mask);
    }

    private protected string AddFat(string name, int? number)
    {
        string path = Path.Combine(Root, "fat", name + ".dcm");
        ushort[] pixels = new ushort[Side * Side];
        Array.Fill(pixels, (ushort)100);
        WriteImage(path, pixels, number ?? 77);
        return path;
    }

    private void WriteImage(string path, ushort[] pixels, int number, int direction = 1)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DicomWriter.Write(path, new DicomMrSlice
        {
            Rows = Side,
            Columns = Side,
            Pixels = pixels,
            Spacing = s_spacing,
            PatientId = "P01",
            PatientName = "P01",
            StudyInstanceUid = _study,
            SeriesInstanceUid = _study + ".1",
            SopInstanceUid = DicomUid.Create(),
            FrameOfReferenceUid = _frame,
            InstanceNumber = number + 1,
            SliceThickness = Distance,
            ImagePosition = [0, 0, Distance * number],
            ImageOrientation = [direction, 0, 0, 0, direction, 0],
        });
    }
}
