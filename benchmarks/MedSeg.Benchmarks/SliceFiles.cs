using MedSeg.Data.Demo;
using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Benchmarks;

/// <summary>The files that are read: slices of the demo data set, written by MedSeg and compressed by dcmtk and GDCM.</summary>
internal sealed class SliceFiles : IDisposable
{
    /// <summary>The number of small slices.</summary>
    public const int Count = 200;

    /// <summary>The number of frames of the large file.</summary>
    public const int LargeFrames = 8;

    private const int Side = 256;
    private const int LargeSide = 2048;
    private readonly DirectoryInfo _root = CreateRoot();

    /// <summary>Gets a folder for what the tools write.</summary>
    public string Scratch => Folder("scratch");

    /// <summary>Makes the slices of 256 × 256 pixels, if they are not there, and compresses them.</summary>
    /// <param name="codec">How.</param>
    /// <returns>Their paths.</returns>
    public string[] Small(Codec codec) => Compress("small", codec, MakeSmall);

    /// <summary>Makes a file of frames of 2048 × 2048 pixels, if it is not there, and compresses it.</summary>
    /// <param name="codec">How.</param>
    /// <returns>Its path.</returns>
    public string Large(Codec codec) => Compress("large", codec, MakeLarge)[0];

    /// <summary>Makes a file whose frames are the slices of 256 × 256 pixels, if it is not there, and compresses it.</summary>
    /// <param name="codec">How.</param>
    /// <returns>Its path.</returns>
    public string Stack(Codec codec) => Compress("stack", codec, MakeStack)[0];

    /// <summary>Makes one slice of 8 × 8 pixels and compresses it: what takes time with it is the start of a program.</summary>
    /// <param name="codec">How.</param>
    /// <returns>Its path.</returns>
    public string Trivial(Codec codec) => Compress("trivial", codec, folder => Write(folder, 0, 8, new ushort[64]))[0];

    /// <inheritdoc/>
    public void Dispose() => _root.Delete(recursive: true);

    private string Folder(params string[] names) =>
        Directory.CreateDirectory(Path.Combine([_root.FullName, .. names])).FullName;

    private string[] Compress(string set, Codec codec, Action<string> make)
    {
        string original = Folder(set, "raw");
        if (Directory.GetFiles(original).Length == 0)
        {
            make(original);
        }

        string folder = Folder(set, codec.Folder);
        if (codec.Encoder is { } encoder && Directory.GetFiles(folder).Length == 0)
        {
            foreach (string path in Directory.GetFiles(original))
            {
                ExternalTool.Run(encoder, path, Path.Combine(folder, Path.GetFileName(path)));
            }
        }

        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
    }

    // Some patients of the demo data set have smaller images.
    private void MakeSmall(string folder)
    {
        var demo = DemoDataset.Create(new DemoDatasetOptions { Root = Folder("demo"), Size = Side, TrainingPatients = Count / 20, HeldOutPatients = 0, SlicesPerPatient = 40 });
        IEnumerable<string> paths = Directory.GetFiles(Path.Combine(demo.TrainPath, "dicoms")).Order(StringComparer.Ordinal);
        foreach (string path in paths.Where(p => DicomImageReader.Read(p) is { Rows: Side, Columns: Side }).Take(Count))
        {
            File.Move(path, Path.Combine(folder, Path.GetFileName(path)));
        }
    }

    // Four slices, side by side and one above the other.
    private void MakeLarge(string folder)
    {
        const int Half = LargeSide / 2;
        var demo = DemoDataset.Create(new DemoDatasetOptions { Root = Folder("large-demo"), Size = Half, TrainingPatients = 1, HeldOutPatients = 0, SlicesPerPatient = LargeFrames });
        string[] paths = [.. Directory.GetFiles(Path.Combine(demo.TrainPath, "dicoms")).Order(StringComparer.Ordinal)];
        DicomImage[] parts = [.. paths.Select(DicomImageReader.Read)];
        ushort[][] frames = new ushort[LargeFrames][];
        for (int frame = 0; frame < frames.Length; frame++)
        {
            ushort[] pixels = frames[frame] = new ushort[LargeSide * LargeSide];
            for (int i = 0; i < pixels.Length; i++)
            {
                (int row, int column) = (i / LargeSide, i % LargeSide);
                DicomImage part = parts[((row / Half * 2) + (column / Half) + frame) % parts.Length];
                int source = (row % Half * part.Rows / Half * part.Columns) + (column % Half * part.Columns / Half);
                pixels[i] = (ushort)part.Pixels[source];
            }
        }

        WriteFrames(folder, LargeSide, frames);
    }

    private void MakeStack(string folder)
    {
        IEnumerable<DicomImage> slices = Small(Codec.All[0]).Select(DicomImageReader.Read);
        WriteFrames(folder, Side, [.. slices.Select(slice => Array.ConvertAll(slice.Pixels, value => (ushort)value))]);
    }

    private void WriteFrames(string folder, int side, ushort[][] frames)
    {
        string scratch = Folder("single");
        Write(scratch, 0, side, frames[0]);
        FrameFile.Write(File.ReadAllBytes(Path.Combine(scratch, "0.dcm")), Path.Combine(folder, "0.dcm"), frames);
    }

    // In memory where the system has such a folder: what is measured is not the disk.
    private static DirectoryInfo CreateRoot()
    {
        const string Memory = "/dev/shm";
        string name = $"medseg-benchmark-{Guid.NewGuid():N}";
        return Directory.CreateDirectory(Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), name));
    }

    private static void Write(string folder, int number, int side, ushort[] pixels) =>
        DicomWriter.Write(Path.Combine(folder, $"{number}.dcm"), new DicomMrSlice
        {
            Rows = side,
            Columns = side,
            Pixels = pixels,
            Spacing = new PixelSpacing(1, 1),
            PatientId = "MEDSEG-BENCHMARK",
            PatientName = "Benchmark",
            StudyInstanceUid = "2.25.1",
            SeriesInstanceUid = "2.25.2",
            FrameOfReferenceUid = "2.25.3",
            SopInstanceUid = $"2.25.4{number}",
        });
}
