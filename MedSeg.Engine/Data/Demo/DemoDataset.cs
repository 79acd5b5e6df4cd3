using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Data.Demo;

/// <summary>
/// A synthetic data set on disk to try MedSeg with: axial MR slices of the lumbar spine as DICOM files, and masks of four muscles. It
/// contains no patient data.
/// </summary>
public sealed record DemoDataset
{
    private const double SliceDistance = 5;

    private static readonly string[] s_labelNames = ["Left psoas", "Right psoas", "Left multifidus", "Right multifidus"];

    private DemoDataset()
    {
    }

    /// <summary>Gets the absolute path of the data set.</summary>
    public required string Root { get; init; }

    /// <summary>Gets the absolute path of the training part, with the subfolders dicoms and labels.</summary>
    public required string TrainPath { get; init; }

    /// <summary>Gets the absolute path of the held-out part, with the subfolders dicoms and labels.</summary>
    public required string HeldOutPath { get; init; }

    /// <summary>Gets the names of the ROIs: label value k is element k − 1 of the list.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets the number of training patients.</summary>
    public required int TrainingPatients { get; init; }

    /// <summary>Gets the number of held-out patients.</summary>
    public required int HeldOutPatients { get; init; }

    /// <summary>Gets the number of slices of all patients.</summary>
    public required int Slices { get; init; }

    /// <summary>Creates a data set. The same options give identical files.</summary>
    /// <param name="options">The options.</param>
    /// <param name="events">Receives progress after each slice; may be null.</param>
    /// <param name="cancellationToken">Stops the work; the files written so far are deleted.</param>
    /// <returns>The paths and numbers of the data set.</returns>
    /// <exception cref="MedSegException">
    /// The folder is not empty and <see cref="DemoDatasetOptions.Force"/> is not set (<c>DemoFolderNotEmpty</c>), it cannot be written to
    /// (<c>WriteFailed</c>), or an option is out of range (<c>DemoOptionInvalid</c>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static DemoDataset Create(
        DemoDatasetOptions options, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var train = new DemoFolder(Path.Combine(options.Root, "train"));
        var heldOut = new DemoFolder(Path.Combine(options.Root, "heldout"));
        Prepare(options, train, heldOut);

        int patients = options.TrainingPatients + options.HeldOutPatients;
        int slices = patients * options.SlicesPerPatient;
        var written = new List<string>(2 * slices);
        try
        {
            for (int number = 1; number <= patients; number++)
            {
                DemoFolder folder = number <= options.TrainingPatients ? train : heldOut;
                DemoPatient patient = DemoPatient.Create(options.Seed, number, options.Size);
                for (int slice = 0; slice < options.SlicesPerPatient; slice++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    WriteSlice(folder, patient, slice, options.SlicesPerPatient, written);
                    events?.Progress?.Invoke(new WorkProgress(written.Count / 2, slices));
                }
            }
        }
        catch
        {
            written.ForEach(AtomicFile.DeleteQuietly);
            throw;
        }

        return new DemoDataset
        {
            Root = options.Root,
            TrainPath = train.Path,
            HeldOutPath = heldOut.Path,
            LabelNames = s_labelNames,
            TrainingPatients = options.TrainingPatients,
            HeldOutPatients = options.HeldOutPatients,
            Slices = slices,
        };
    }

    private static void Prepare(DemoDatasetOptions options, params ReadOnlySpan<DemoFolder> folders)
    {
        try
        {
            bool isInUse = File.Exists(options.Root) || (Directory.Exists(options.Root) && Directory.EnumerateFileSystemEntries(options.Root).Any());
            if (!options.Force && isInUse)
            {
                throw new MedSegException(
                    ErrorKind.AlreadyExists,
                    ErrorIds.DemoFolderNotEmpty,
                    $"{options.Root}: The folder is not empty, and a demo data set would be mixed with its content.",
                    options.Root)
                {
                    Advice = "Use another folder, or -Force to replace an earlier demo data set there.",
                };
            }

            foreach (DemoFolder folder in folders)
            {
                folder.Clear();
                FileChanges.CreateFolder(folder.DicomPath);
                FileChanges.CreateFolder(folder.LabelPath);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.WriteFailed, $"{options.Root}: The folder could not be prepared: {e.Message}", options.Root, e)
            {
                Advice = "Check that you have permission to write there.",
            };
        }
    }

    private static void WriteSlice(DemoFolder folder, DemoPatient patient, int slice, int slices, List<string> written)
    {
        (ushort[] pixels, byte[] labels) = new DemoRenderer(patient, slice, slices).Draw();
        string name = string.Create(CultureInfo.InvariantCulture, $"P{patient.Number:00}_S{slice + 1:00}");
        string dicomPath = Path.Combine(folder.DicomPath, name + ".dcm");
        DicomWriter.Write(dicomPath, Describe(patient, slice, pixels));
        written.Add(dicomPath);

        // Every fourth patient has NumPy arrays as masks.
        bool isArray = patient.Number % 4 == 0;
        string labelPath = Path.Combine(folder.LabelPath, name + (isArray ? ".npy" : ".png"));
        AtomicFile.Write(labelPath, stream =>
        {
            if (isArray)
            {
                NpyFile.Write(stream, patient.Rows, patient.Columns, labels);
            }
            else
            {
                PngEncoder.WriteGrey8(stream, patient.Rows, patient.Columns, labels);
            }
        });
        written.Add(labelPath);
    }

    private static DicomMrSlice Describe(DemoPatient patient, int slice, ushort[] pixels)
    {
        string number = patient.Number.ToString("00", CultureInfo.InvariantCulture);
        return new DicomMrSlice
        {
            Rows = patient.Rows,
            Columns = patient.Columns,
            Pixels = pixels,
            Spacing = new PixelSpacing(patient.Spacing, patient.Spacing),
            PatientId = "MEDSEG-DEMO-" + number,
            PatientName = "Demo^Patient " + number,
            StudyInstanceUid = Uid(patient, 1, 0),
            SeriesInstanceUid = Uid(patient, 2, 0),
            FrameOfReferenceUid = Uid(patient, 3, 0),
            SopInstanceUid = Uid(patient, 4, slice),
            InstanceNumber = slice + 1,
            SliceThickness = SliceDistance,
            ImagePosition =
            [
                (0.5 - (patient.Columns / 2.0)) * patient.Spacing,
                (0.5 - (patient.Rows / 2.0)) * patient.Spacing,
                -SliceDistance * slice,
            ],
            SeriesDescription = "MedSeg demo, axial lumbar spine",
        };
    }

    private static string Uid(DemoPatient patient, int kind, int slice)
    {
        Span<byte> key = stackalloc byte[6 * sizeof(int)];
        ReadOnlySpan<int> parts = [patient.Seed, patient.Number, patient.Rows, patient.Columns, kind, slice];
        for (int i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(key[(i * sizeof(int))..], parts[i]);
        }

        return DicomUid.FromBytes(SHA256.HashData(key));
    }
}
