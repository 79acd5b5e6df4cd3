using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>The error for each kind of bad input, through the built module.</summary>
public sealed class BadInputTests : IClassFixture<DemoFixture>, IDisposable
{
    private const int Side = 192;
    private const string Import = "Import-MedSegDataset ./data -InputSize 32 -LabelName A, B, C, D";
    private readonly ModuleSession _session = new();

    public BadInputTests(DemoFixture demo) => demo.CopyTo(_session.PathOf("data"));

    public void Dispose() => _session.Dispose();

    public static TheoryData<string, string, string> BadFiles => new()
    {
        { "DicomTruncated", "dicom", "cut" },
        { "NotDicom", "dicom", "text" },
        { "LabelSizeMismatch", "label", "small" },
        { "LabelAboveRange", "label", "value:9" },
        { "LabelFraction", "label", "value:1.5" },
        { "LabelNegative", "label", "value:-1" },
        { "LabelBinaryMask", "label", "binary" },
        { "NpyUnsupported", "label", "object" },
        { "NpyInvalid", "label", "header" },
        { "NpyTruncated", "label", "short" },
        { "LabelColor", "label", "colored" },
        { "LabelFormat", "label", "text" },
        { "ImageMissing", "dicom", "gone" },
        { "LabelMissing", "label", "gone" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_file_is_named_with_a_remedy_and_the_rest_goes_on(string id, string which, string how)
    {
        string path = Spoil(which, how);

        using System.Management.Automation.PowerShell shell = _session.Create(Import);
        PSObject dataset = Assert.Single(shell.Invoke());

        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Contains(how == "gone" ? Path.GetFileNameWithoutExtension(path) : path, error.Exception.Message, StringComparison.Ordinal);
        Assert.Matches(@"\.( \(at byte \d+\))?$", error.Exception.Message);
        ModuleSession.RequireComplete(error);
        Assert.Equal(3, dataset.Properties["Count"].Value);
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_file_ends_a_strict_import(string id, string which, string how)
    {
        Spoil(which, how);

        Assert.Equal(id, ModuleSession.IdOf(_session.Fail(Import + " -Strict")));
    }

    [Fact]
    public void Binary_mask_is_taken_with_a_map_of_its_value()
    {
        Spoil("label", "binary");

        PSObject dataset = Assert.Single(_session.Run(Import + " -LabelMap @{255 = 'B'; ('x'.Insert(0, 'y')) = 1}"));

        Assert.Equal(4, dataset.Properties["Count"].Value);
    }

    [Fact]
    public void Bad_labels_are_reported_and_fail_the_quick_test()
    {
        Spoil("label", "value:9");
        Spoil("dicom", "gone", 1);

        List<PSObject> reports = _session.Run($"$d = {Import} -ErrorAction SilentlyContinue; $d | Test-MedSegLabels");

        Assert.Equal(4, reports.Count);
        Assert.Equal([false, false, true, true], reports.Select(r => (bool)r.Properties["IsValid"].Value));
        Assert.Equal(false, Assert.Single(_session.Run("$d | Test-MedSegLabels -Quiet")).BaseObject);
        Assert.Equal("LabelAboveRange ImageMissing", Assert.Single(_session.Run("\"$(($d | Test-MedSegLabels).Problems.Code)\"")).BaseObject);
    }

    [Fact]
    public void Constant_image_is_a_warning()
    {
        string path = First("dicoms");
        byte[] content = File.ReadAllBytes(path);
        content.AsSpan(content.Length - (2 * Side * Side)).Fill(7);
        File.WriteAllBytes(path, content);

        using System.Management.Automation.PowerShell shell = _session.Create(Import);
        PSObject dataset = Assert.Single(shell.Invoke());

        Assert.Contains(path, Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
        Assert.Empty(shell.Streams.Error);
        Assert.Equal(4, dataset.Properties["Count"].Value);
    }

    [Theory]
    [InlineData("Import-MedSegDataset ./nothing", "FolderNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-MedSegDataset ./n*", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-MedSegDataset variable:x", "NotFileSystem", ErrorCategory.InvalidArgument)]
    [InlineData("Import-MedSegDataset -DicomPath ./data/dicoms -LabelPath ./nothing", "FolderNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-MedSegDataset -DicomPath ./data/empty -LabelPath ./data/labels", "FolderEmpty", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-MedSegDataset ./data -InputSize 50", "InputSizeInvalid", ErrorCategory.InvalidArgument)]
    [InlineData(Import + " -LabelMap @{255='E'}", "LabelMapInvalid", ErrorCategory.InvalidArgument)]
    [InlineData(Import + " -LabelColor @{'reddish'=1}", "LabelColorInvalid", ErrorCategory.InvalidArgument)]
    [InlineData(Import + " | Start-MedSegTraining -OutputPath m -Device Cuda:7", "CudaNotAvailable", ErrorCategory.DeviceError)]
    [InlineData(Import + " | Start-MedSegTraining -OutputPath data/file/m", "WriteFailed", ErrorCategory.WriteError)]
    [InlineData(Import + " | Start-MedSegTraining -OutputPath old -Device Cpu", "ModelExists", ErrorCategory.ResourceExists)]
    [InlineData(Import + " | Start-MedSegTraining -OutputPath m -Epochs 1 -BaseWidth 2 -Device Cpu | Export-MedSegHistory -PassThru", "NothingToWrite", ErrorCategory.InvalidArgument)]
    [InlineData(Import + " | Export-MedSegPreview -Path data/file", "FileExists", ErrorCategory.ResourceExists)]
    [InlineData("New-MedSegDemoDataset -Path data", "DemoFolderNotEmpty", ErrorCategory.ResourceExists)]
    public void Run_that_cannot_start_ends_with_one_error(string script, string id, ErrorCategory category)
    {
        Directory.CreateDirectory(_session.PathOf("data", "empty"));
        Directory.CreateDirectory(_session.PathOf("old"));
        File.WriteAllText(_session.PathOf("data", "file"), "precious");
        File.WriteAllText(_session.PathOf("old", "medseg.safetensors"), "precious");

        ErrorRecord error = _session.Fail(script);

        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal("precious", File.ReadAllText(_session.PathOf("data", "file")));
        Assert.Equal("precious", File.ReadAllText(_session.PathOf("old", "medseg.safetensors")));
        Assert.False(Directory.Exists(_session.PathOf("m")));
    }

    [Fact]
    public void Validation_fraction_of_one_patient_is_refused()
    {
        foreach (string file in Directory.EnumerateFiles(_session.PathOf("data"), "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("P01", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        ErrorRecord error = _session.Fail(Import + " | Start-MedSegTraining -OutputPath m -ValidationFraction 0.5");

        Assert.Equal("OnePatientOnly", ModuleSession.IdOf(error));
    }

    private string First(string folder, int index = 0) =>
        Directory.GetFiles(_session.PathOf("data", folder)).Order(StringComparer.Ordinal).ElementAt(index);

    /// <summary>Spoils the first image or mask; gives the path that the message must name.</summary>
    private string Spoil(string which, string how, int index = 0)
    {
        string path = First(which == "dicom" ? "dicoms" : "labels", index);
        byte[] content = File.ReadAllBytes(path);
        if (how is "gone" or not ("cut" or "text"))
        {
            File.Delete(path);
        }

        switch (how)
        {
            case "gone":
                return path;
            case "cut":
                File.WriteAllBytes(path, content[..400]);
                return path;
            case "text":
                File.WriteAllText(path, "This is a note.");
                return path;
            case "colored":
                path = Path.ChangeExtension(path, ".png");
                File.Copy(Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Imaging", "Data", "pillow_colored.png"), path);
                return path;
            default:
                path = Path.ChangeExtension(path, ".npy");
                File.WriteAllBytes(path, Npy(how));
                return path;
        }
    }

    private static byte[] Npy(string how)
    {
        int side = how == "small" ? Side / 2 : Side;
        float[] values = new float[side * side];
        values.AsSpan(0, 10).Fill(how switch
        {
            "binary" => 255,
            _ when how.StartsWith("value:", StringComparison.Ordinal) => float.Parse(how[6..], CultureInfo.InvariantCulture),
            _ => 1,
        });
        string header = how == "header"
            ? "{'descr': '<f4', 'shape': "
            : $"{{'descr': '{(how == "object" ? "|O" : "<f4")}', 'fortran_order': False, 'shape': ({side}, {side}), }}";
        header = header.PadRight(117) + "\n";
        byte[] data = how == "short" ? new byte[7] : System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
