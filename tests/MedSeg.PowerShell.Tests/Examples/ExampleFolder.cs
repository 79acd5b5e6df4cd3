using System.Text;

namespace MedSeg.PowerShell.Tests.Examples;

/// <summary>
/// A folder with what the examples of help and documentation speak of, made once and copied for each: data sets of drawn
/// patients in data, new scans in scans, two studies in studies, models and an interrupted run in trained_models.
/// </summary>
public sealed class ExampleFolder : IDisposable
{
    // What lets an example train within a second where it says nothing of it. Invoke-Item would open a browser.
    private const string Preparation = """
        $PSDefaultParameterValues = @{ 'Import-MedSegDataset:InputSize' = 32 }
        foreach ($command in 'Start-MedSegTraining', 'Invoke-MedSegCrossValidation', 'Invoke-MedSegSweep') {
            $PSDefaultParameterValues["${command}:Epochs"] = 1
            $PSDefaultParameterValues["${command}:BaseWidth"] = 2
            $PSDefaultParameterValues["${command}:Device"] = 'Cpu'
        }

        function Invoke-Item([Parameter(Mandatory)] [string] $Path) { Get-Item -Path $Path }
        """;

    private const string Making = """
        $demo = New-MedSegDemoDataset ./data -Patients 5 -HeldOutPatients 2 -SlicesPerPatient 2
        Import-MedSegDataset ./data/train -LabelName $demo.LabelNames |
            Start-MedSegTraining -Epochs 4 -LearningRate 0.01 -ValidationFraction 0.3 -ReportInterval 1 -OutputPath ./trained_models
        do {
            Import-MedSegDataset ./data/train |
                Start-MedSegTraining -Epochs 3 -OutputPath ./trained_models -ModelName interrupted |
                ForEach-Object { break }
        } while ($false)

        Export-MedSegModel ./trained_models/medseg.safetensors ./open_MR_autoseg_model_500.pt -Format PyTorch
        """;

    private readonly ModuleSession _session = new();

    public ExampleFolder()
    {
        Prepare(_session);
        _session.Run(Making);
        Copy("data/heldout/dicoms", "scans");
        Copy("data/train/labels", "second_reader");
        Copy("data/train/labels", "third_reader");
        foreach (string study in (string[])["P06", "P07"])
        {
            Copy("data/heldout/dicoms", $"studies/{study}", $"{study}_*");
        }

        // A file that came twice, of which one has no mask.
        Copy("data/heldout", "data/incoming");
        File.Copy(_session.PathOf("scans", "P06_S01.dcm"), _session.PathOf("data", "incoming", "dicoms", "again.dcm"));

        // A mask that belongs to another image.
        Copy("data/train", "data/unchecked");
        File.Copy(_session.PathOf("second_reader", "P02_S01.png"), _session.PathOf("data", "unchecked", "labels", "P02_S02.png"), overwrite: true);

        MakeDixon();
        MakeVolume();
        MakeBlackAndWhite();
        MakeFolds();
        MakeReview();
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Opens a session in a copy of the folder.</summary>
    internal ModuleSession Open()
    {
        var session = new ModuleSession();
        ModuleSession.CopyFolder(_session.Folder, session.Folder);
        Prepare(session);
        return session;
    }

    // Images of two channels.
    private void MakeDixon()
    {
        Copy("data/train/labels", "dixon/labels", "P01_*");
        foreach (string image in Directory.GetFiles(_session.PathOf("data", "train", "dicoms"), "P01_*"))
        {
            foreach (string channel in (string[])["_W", "_F"])
            {
                string name = Path.GetFileNameWithoutExtension(image) + channel + Path.GetExtension(image);
                Directory.CreateDirectory(_session.PathOf("dixon", "dicoms"));
                File.Copy(image, _session.PathOf("dixon", "dicoms", name));
            }
        }
    }

    private static void Prepare(ModuleSession session)
    {
        session.Run(Preparation);
    }

    private void Copy(string source, string target, string filter = "*") =>
        ModuleSession.CopyFolder(_session.PathOf(source), _session.PathOf(target), filter);

    // A series and its DICOM segmentation, whose segments have the names that the model gives them.
    private void MakeVolume()
    {
        Copy("data/train/dicoms", "data/volumes/dicoms/P01", "P01_*");
        _session.Run("Invoke-MedSegSegmentation ./data/volumes/dicoms/P01 -Model ./trained_models/medseg.safetensors -OutputPath ./data/volumes/labels -Format DicomSeg");
        File.Move(Directory.GetFiles(_session.PathOf("data", "volumes", "labels")).Single(), _session.PathOf("data", "volumes", "labels", "P01.dcm"));
    }

    private void MakeBlackAndWhite()
    {
        Copy("data/train/dicoms", "data/black_and_white/dicoms");
        string labels = Directory.CreateDirectory(_session.PathOf("data", "black_and_white", "labels")).FullName;
        foreach (dynamic image in _session.Run("Get-MedSegImage ./data/black_and_white/dicoms/*"))
        {
            int rows = image.Rows, columns = image.Columns;
            string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".PadRight(117) + "\n";
            byte[] drawn = new byte[rows * columns];
            Array.Fill(drawn, (byte)255, columns * rows / 3, columns * rows / 3);
            byte[] magic = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0];
            File.WriteAllBytes(Path.Combine(labels, Path.GetFileNameWithoutExtension((string)image.Path) + ".npy"), [.. magic, .. Encoding.ASCII.GetBytes(header), .. drawn]);
        }
    }

    private void MakeFolds()
    {
        IEnumerable<string> names = Directory.GetFiles(_session.PathOf("data", "train", "dicoms")).Select(path => Path.GetFileNameWithoutExtension(path)!);
        File.WriteAllLines(_session.PathOf("folds.csv"), ["Name,Fold", .. names.Select(name => $"{name},{(name.StartsWith("P01", StringComparison.Ordinal) ? 1 : 2)}")]);
    }

    // What a reader saved from the report of the held-out slices.
    private void MakeReview()
    {
        Directory.CreateDirectory(_session.PathOf("reports"));
        IEnumerable<string> names = Directory.GetFiles(_session.PathOf("data", "heldout", "dicoms")).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);
        File.WriteAllLines(_session.PathOf("reports", "review.csv"), ["Name,Series,Frame,Image,Mask,Decision,Comment", .. names.Select(name =>
            $"{name},,,../data/heldout/dicoms/{name}.dcm,../data/heldout/labels/{name}.png,{(name == "P06_S01" ? "Reject" : "Accept")},")]);
    }
}
