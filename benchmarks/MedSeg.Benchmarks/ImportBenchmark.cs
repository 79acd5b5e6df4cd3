using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Benchmarks;

/// <summary>The import of the same slices and labels as DICOM files and as volumes, and by a Python program, by turns in one run.</summary>
internal static class ImportBenchmark
{
    private const int Rounds = 7;
    private const int Slices = 300;
    private const int Side = 512;
    private const double Spacing = 0.7;
    private const double Distance = 3;

    // Of what follows the preamble, the prefix and the group length of the meta header.
    private const int MetaStart = 144;

    /// <summary>Measures, and reports a table in Markdown.</summary>
    /// <param name="report">Takes the table.</param>
    public static void Run(TextWriter report)
    {
        string root = Directory.CreateTempSubdirectory("medseg-import-").FullName;
        try
        {
            (string Name, DatasetOptions Options)[] sets = Write(root);
            var times = Array.ConvertAll(sets, _ => new Samples());
            var peer = new Samples();
            using LineWorker? python = LineWorker.StartPython("import_pydicom.py", $"{Environment.ProcessorCount}");
            for (int round = 0; round <= Rounds; round++)
            {
                double taken = python?.AskNumbers($"{sets[0].Options.DicomPath}\t{sets[0].Options.LabelPath}")[0] ?? double.NaN;
                if (round > 0)
                {
                    peer.Add(taken);
                }

                for (int i = 0; i < sets.Length; i++)
                {
                    double seconds = Import(sets[i].Options);
                    if (round > 0)
                    {
                        // The first round warms up.
                        times[i].Add(seconds);
                    }
                }
            }

            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Slices} slices of {Side}×{Side} | seconds | ÷ DICOM files with PNG masks |"));
            report.WriteLine("|---|---|---|");
            for (int i = 0; i < sets.Length; i++)
            {
                report.WriteLine($"| {sets[i].Name} | {times[i].Text("0.00")} | {Samples.Ratio(times[i], times[0]).Text("0.00")} |");
            }

            report.WriteLine(python is null
                ? "\nPython with pydicom and OpenCV is NOT installed (Debian: python3-pydicom, python3-opencv): nothing was compared with it."
                : $"\nDICOM files with PNG masks in Python ({Environment.ProcessorCount} processes, {python.Version}): {peer.Text("0.00")} s, {Samples.Ratio(peer, times[0]).Text("0.00")} times MedSeg's import with all its checks.");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static double Import(DatasetOptions options)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        Dataset dataset = DatasetImporter.Import(options);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return dataset.Count == Slices && !dataset.Problems.Any() ? seconds : throw new InvalidOperationException($"{options.DicomPath}: {dataset.Count} slices; {dataset.Problems.FirstOrDefault()?.Message}");
    }

    private static (string Name, DatasetOptions Options)[] Write(string root)
    {
        string Folder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        (string dicoms, string deflated, string pngs, string volumes, string plain, string labels) = (Folder("dicoms"), Folder("deflated"), Folder("pngs"), Folder("volumes"), Folder("plain"), Folder("labels"));
        using FileStream packed = File.Create(Path.Combine(volumes, "P01.nii.gz"));
        using FileStream unpacked = File.Create(Path.Combine(plain, "P01.nii"));
        using FileStream label = File.Create(Path.Combine(labels, "P01.nii.gz"));
        using var image = new GZipStream(packed, CompressionLevel.Optimal);
        using var mask = new GZipStream(label, CompressionLevel.Optimal);
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 0), [new(Spacing, 0, 0), new(0, Spacing, 0), new(0, 0, Distance)], [Side, Side, Slices]);
        mask.Write(header);

        // Unsigned 16-bit numbers (nifti1.h).
        (header[70], header[71], header[72]) = (0, 2, 16);
        image.Write(header);
        unpacked.Write(header);
        for (int slice = 0; slice < Slices; slice++)
        {
            (ushort[] pixels, byte[] roi) = Draw(slice);
            DicomMrSlice dicom = DicomOf(slice, pixels);
            DicomWriter.Write(Path.Combine(dicoms, $"P01_{slice:000}.dcm"), dicom);
            WriteDeflated(Path.Combine(deflated, $"P01_{slice:000}.dcm"), dicom);
            using FileStream png = File.Create(Path.Combine(pngs, $"P01_{slice:000}.png"));
            PngEncoder.WriteGrey8(png, Side, Side, roi);
            byte[] bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();
            image.Write(bytes);
            unpacked.Write(bytes);
            mask.Write(roi);
        }

        DatasetOptions Options(string images, string masks) => new() { DicomPath = images, LabelPath = masks, LabelNames = ["A", "B"] };
        return
        [
            ("DICOM files, PNG masks", Options(dicoms, pngs)), ("DICOM files, deflated, PNG masks", Options(deflated, pngs)),
            ("DICOM files, a label volume (.nii.gz)", Options(dicoms, labels)),
            (".nii.gz, a label volume (.nii.gz)", Options(volumes, labels)), (".nii, a label volume (.nii.gz)", Options(plain, labels)),
        ];
    }

    // Two discs on a smooth background with noise, which compresses like an MR image.
    private static (ushort[] Pixels, byte[] Roi) Draw(int slice)
    {
        var random = new Random(slice);
        ushort[] pixels = new ushort[Side * Side];
        byte[] roi = new byte[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y) = ((i % Side) - (Side / 2), (i / Side) - (Side / 2));
            bool isBody = (x * x) + (y * y) < Side * Side / 5;
            roi[i] = (byte)(!isBody || Math.Abs(y) > 60 ? 0 : x is > 40 and < 120 ? 1 : x is < -40 and > -120 ? 2 : 0);
            pixels[i] = (ushort)(isBody ? 300 + (200 * roi[i]) + (x / 8) + random.Next(60) : random.Next(12));
        }

        return (pixels, roi);
    }

    // The same data set, compressed as the voxels of .nii.gz are (DICOM PS3.5, A.5).
    private static void WriteDeflated(string path, DicomMrSlice slice)
    {
        using var whole = new MemoryStream();
        DicomWriter.Write(whole, slice);
        byte[] bytes = whole.ToArray();
        int dataset = MetaStart + BitConverter.ToInt32(bytes, MetaStart - sizeof(int));
        using FileStream file = File.Create(path);
        DicomWriter.WriteMeta(file, "1.2.840.10008.5.1.4.1.1.4", slice.SopInstanceUid, DicomTransferSyntax.DeflatedExplicitVrLittleEndian);
        using var packed = new DeflateStream(file, CompressionLevel.Optimal);
        packed.Write(bytes, dataset, bytes.Length - dataset);
    }

    private static DicomMrSlice DicomOf(int slice, ushort[] pixels) => new()
    {
        Rows = Side,
        Columns = Side,
        Pixels = pixels,
        Spacing = new PixelSpacing(Spacing, Spacing),
        PatientId = "MEDSEG-BENCHMARK",
        PatientName = "Benchmark",
        StudyInstanceUid = "2.25.1",
        SeriesInstanceUid = "2.25.2",
        FrameOfReferenceUid = "2.25.3",
        SopInstanceUid = $"2.25.4{slice}",
        InstanceNumber = slice + 1,
        SliceThickness = Distance,
        ImagePosition = [0, 0, Distance * slice],
        ImageOrientation = [1, 0, 0, 0, 1, 0],
    };
}
