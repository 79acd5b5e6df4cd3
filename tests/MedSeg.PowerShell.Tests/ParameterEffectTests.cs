using System.Buffers.Binary;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>Parameters whose effect is visible only in the results: each test fails when the cmdlet ignores its parameter.</summary>
public sealed class ParameterEffectTests : IClassFixture<TrainedFixture>, IDisposable
{
    private const string Import = "Import-MedSegDataset data -InputSize 32 -LabelName A, B, C, D";
    private readonly ModuleSession _session = new();

    public ParameterEffectTests(TrainedFixture trained) => trained.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void TestTimeAugmentation_changes_the_confidence_of_the_masks()
    {
        const string invoke = "(Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms";

        string[] plain = Texts($"{invoke} -OutputPath one).Confidence");
        string[] again = Texts($"{invoke} -OutputPath two).Confidence");
        string[] averaged = Texts($"{invoke} -OutputPath three -TestTimeAugmentation).Confidence");

        Assert.Equal(plain, again);
        Assert.Equal(plain.Length, averaged.Length);
        Assert.NotEqual(plain, averaged);
    }

    [Fact]
    public void Precision_changes_the_confidence_of_the_masks_and_is_not_for_ONNX()
    {
        const string invoke = "(Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms";

        string[] exact = Texts($"{invoke} -OutputPath one).Confidence");
        string[] rounded = Texts($"{invoke} -OutputPath two -Precision BFloat16 -WarningAction Ignore).Confidence");

        Assert.NotEqual(exact, rounded);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(double.Parse(pair.First, CultureInfo.InvariantCulture), double.Parse(pair.Second, CultureInfo.InvariantCulture), 0.01));
        Assert.Equal("PrecisionUnsupported", ModuleSession.IdOf(_session.Fail("Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms -OutputPath three -Backend OnnxRuntime -Precision BFloat16")));
        Assert.Equal("PrecisionUnsupported", ModuleSession.IdOf(_session.Fail("Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms -OutputPath four -Precision Float16")));
    }

    [Fact]
    public void Precision_changes_the_scores()
    {
        _session.Run($"$data = {Import}; $data | Start-MedSegTraining -Epochs 40 -BaseWidth 4 -BatchSize 2 -ModelName better -OutputPath . -Device Cpu -Precision BFloat16 -WarningAction Ignore");
        const string measure = "$data | Measure-MedSegModel better.safetensors -Device Cpu -BySlice";

        string[] exact = Texts($"({measure}).FoundPixels");
        string[] rounded = Texts($"({measure} -Precision BFloat16 -WarningAction Ignore).FoundPixels");

        Assert.Equal(exact.Length, rounded.Length);
        Assert.NotEqual(exact, rounded);
    }

    [Fact]
    public void SegmentCode_is_in_the_segmentation()
    {
        const string invoke = "Invoke-MedSegSegmentation -Model m.safetensors -Device Cpu -Path data/dicoms -Format DicomSeg -WarningAction Ignore";

        string path = Texts($"({invoke} -OutputPath coded -SegmentCode @{{ 'a*' = 'SCT:49755003:Morphologically Abnormal Structure', 'SCT:367643001:Cyst'; B = 'SCT:64033007:Kidney' }}).MaskPath")[0];

        string text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Assert.Contains("367643001", text, StringComparison.Ordinal);
        Assert.Contains("49755003", text, StringComparison.Ordinal);
        Assert.Contains("64033007", text, StringComparison.Ordinal);
        Assert.Contains("71616004", _session.Fail($"{invoke} -OutputPath other -SegmentCode @{{ B = 'Muscle' }}").ErrorDetails?.RecommendedAction ?? "", StringComparison.Ordinal);
        Assert.Equal("SegmentCodeInvalid", ModuleSession.IdOf(_session.Fail($"{invoke} -OutputPath other -SegmentCode @{{ B = 'SCT:1:a', 'SCT:2:b', 'SCT:3:c' }}")));
    }

    [Fact]
    public void TestTimeAugmentation_changes_the_scores()
    {
        // The model of one epoch gives every pixel the same ROI, whatever the probabilities are.
        _session.Run($"$data = {Import}; $data | Start-MedSegTraining -Epochs 40 -BaseWidth 4 -BatchSize 2 -ModelName better -OutputPath . -Device Cpu");
        const string measure = "$data | Measure-MedSegModel better.safetensors -Device Cpu -BySlice";

        string[] plain = Texts($"({measure}).FoundPixels");
        string[] averaged = Texts($"({measure} -TestTimeAugmentation).FoundPixels");

        Assert.Equal(plain, Texts($"({measure}).FoundPixels"));
        Assert.Equal(plain.Length, averaged.Length);
        Assert.NotEqual(plain, averaged);
    }

    [Fact]
    public void MaskSuffix_pairs_masks_of_longer_names()
    {
        string[] masks = Directory.GetFiles(_session.PathOf(Path.Combine("data", "labels")));
        foreach (string mask in masks)
        {
            File.Move(mask, Path.Combine(Path.GetDirectoryName(mask)!, Path.GetFileNameWithoutExtension(mask) + "_mask" + Path.GetExtension(mask)));
        }

        Assert.Equal(["0"], Texts($"({Import} -ErrorAction SilentlyContinue).Count"));
        Assert.Equal([$"{masks.Length}"], Texts($"({Import} -MaskSuffix '_mask').Count"));
    }

    [Fact]
    public void Frame_of_an_image_is_the_one_that_is_drawn()
    {
        File.WriteAllBytes(_session.PathOf("frames.dcm"), TwoFrames());

        _session.Run("Export-MedSegImage frames.dcm -OutputPath one.png");
        _session.Run("Export-MedSegImage frames.dcm -OutputPath first.png -Frame 1");
        _session.Run("Export-MedSegImage frames.dcm -OutputPath second.png -Frame 2");

        byte[] first = File.ReadAllBytes(_session.PathOf("one.png"));
        Assert.Equal(first, File.ReadAllBytes(_session.PathOf("first.png")));
        Assert.NotEqual(first, File.ReadAllBytes(_session.PathOf("second.png")));
        Assert.NotNull(_session.Fail("Export-MedSegImage frames.dcm -OutputPath third.png -Frame 3"));
    }

    [Fact]
    public void ResizeMode_changes_the_slices_of_a_data_set()
    {
        // A mask and an image of 8 × 16 pixels: stretched, or between two black bars.
        Directory.CreateDirectory(_session.PathOf("wide", "dicoms"));
        Directory.CreateDirectory(_session.PathOf("wide", "labels"));
        File.WriteAllBytes(_session.PathOf("wide", "dicoms", "a.dcm"), OneFrame());
        File.WriteAllBytes(_session.PathOf("wide", "labels", "a.npy"), Mask(8, 16));

        foreach (string mode in (string[])["Stretch", "Pad"])
        {
            PSObject dataset = Assert.Single(_session.Run($"$d = Import-MedSegDataset wide -InputSize 16 -LabelName A -ResizeMode {mode}; $d"));
            Assert.Equal(mode, dataset.Properties["ResizeMode"].Value.ToString());
            _session.Run($"$d | Export-MedSegPreview -Path {mode}.png -Count 1 -AugmentationProbability 0");
        }

        Assert.NotEqual(File.ReadAllBytes(_session.PathOf("Stretch.png")), File.ReadAllBytes(_session.PathOf("Pad.png")));
    }

    [Fact]
    public void PixelSize_is_remembered_by_data_set_and_model()
    {
        _session.Run($"$d = {Import} -PixelSize 2.5; $d | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -BatchSize 2 -ModelName sized -OutputPath . -Device Cpu");

        Assert.Equal(["2.5 Area"], Texts("$d | ForEach-Object { '{0} {1}' -f $_.PixelSize, $_.LabelResampling }"));
        Assert.Equal(["2.5 Area"], Texts("Get-MedSegModel sized.safetensors | ForEach-Object { '{0} {1}' -f $_.PixelSize, $_.LabelResampling }"));
        Assert.NotNull(_session.Fail($"{Import} | Measure-MedSegModel sized.safetensors -Device Cpu"));
        Assert.NotEqual(Texts($"({Import}).Samples[0].Rows"), Texts("'32'"));
        Assert.Equal(Texts("$d.Samples[0].Rows"), Texts("(Invoke-MedSegSegmentation -Model sized.safetensors -Device Cpu -Path data/dicoms -OutputPath sized)[0].Rows"));
    }

    [Fact]
    public void KeepLabelShift_leaves_the_masks_of_older_models_where_they_are()
    {
        _session.Run($"{Import} -LabelResampling Nearest | Start-MedSegTraining -Epochs 40 -BaseWidth 4 -BatchSize 2 -ModelName older -OutputPath . -Device Cpu; $data = {Import}");
        const string measure = "$data | Measure-MedSegModel older.safetensors -Device Cpu -BySlice";

        Assert.Equal(["Nearest"], Texts("(Get-MedSegModel older.safetensors).LabelResampling"));
        Assert.NotEqual(Texts($"({measure}).FoundPixels"), Texts($"({measure} -KeepLabelShift).FoundPixels"));
        Assert.Contains(Texts($"{measure} -Verbose 4>&1"), text => text.Contains("resized by nearest neighbour", StringComparison.Ordinal));
        Assert.DoesNotContain(Texts($"{measure} -KeepLabelShift -Verbose 4>&1"), text => text.Contains("resized by nearest neighbour", StringComparison.Ordinal));
    }

    [Fact]
    public void Recurse_imports_the_pairs_of_subfolders()
    {
        string import = "(Import-MedSegDataset nested -InputSize 32 -LabelName A, B, C, D";
        ModuleSession.CopyFolder(_session.PathOf("data"), _session.PathOf("nested"));
        foreach (string kind in (string[])["dicoms", "labels"])
        {
            ModuleSession.CopyFolder(_session.PathOf("data", kind), _session.PathOf("nested", kind, "sub"));
        }

        int top = Directory.GetFiles(_session.PathOf("data", "dicoms")).Length;
        Assert.Equal([$"{top}"], Texts($"{import}).Count"));
        Assert.Equal([$"{2 * top}"], Texts($"{import} -Recurse).Count"));
    }

    private string[] Texts(string script) => [.. _session.Run($"{script} | ForEach-Object {{ \"$_\" }}").Select(text => text.ToString())];

    private static byte[] Mask(int rows, int columns)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. Enumerable.Range(0, rows * columns).Select(i => (byte)(i % columns / 4 % 2))];
    }

    private static byte[] OneFrame() => Dicom(1, 8, 16, [.. Enumerable.Range(0, 128).Select(i => (byte)(10 + i))]);

    // The first frame becomes brighter downwards, the second to the right.
    private static byte[] TwoFrames() => Dicom(2, 8, 8, [.. Enumerable.Range(0, 64).Select(i => (byte)(i / 8 * 20)), .. Enumerable.Range(0, 64).Select(i => (byte)(i % 8 * 20))]);

    // A secondary capture image, Explicit VR Little Endian (DICOM PS3.5, 7.1.2).
    private static byte[] Dicom(int frames, int rows, int columns, byte[] pixels)
    {
        var bytes = new List<byte>([.. new byte[128], .. "DICM"u8]);
        void Text(ushort group, ushort element, string vr, string value) => Add(group, element, vr, Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + (vr == "UI" ? '\0' : ' ')));
        void Number(ushort group, ushort element, int value) => Add(group, element, "US", [(byte)value, (byte)(value >> 8)]);
        void Add(ushort group, ushort element, string vr, byte[] value)
        {
            byte[] head = [(byte)group, (byte)(group >> 8), (byte)element, (byte)(element >> 8), (byte)vr[0], (byte)vr[1]];
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
            bytes.AddRange([.. head, .. vr == "OB" ? [0, 0, .. length] : length[..2], .. value]);
        }

        Text(2, 0x10, "UI", "1.2.840.10008.1.2.1");
        Text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.7.2");
        Text(8, 0x18, "UI", "1.2.3");
        Number(0x28, 2, 1);
        Text(0x28, 4, "CS", "MONOCHROME2");
        Text(0x28, 8, "IS", $"{frames}");
        Number(0x28, 0x10, rows);
        Number(0x28, 0x11, columns);
        Number(0x28, 0x100, 8);
        Number(0x28, 0x101, 8);
        Number(0x28, 0x102, 7);
        Number(0x28, 0x103, 0);
        Add(0x7FE0, 0x10, "OB", pixels);
        return [.. bytes];
    }
}
