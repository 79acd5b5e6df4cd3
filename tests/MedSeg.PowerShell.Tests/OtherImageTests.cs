using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>Images that are not DICOM, through all commands that read them.</summary>
public sealed class OtherImageTests : IClassFixture<TrainedFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public OtherImageTests(TrainedFixture trained) => trained.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_data_set_of_nnU_Net_goes_through_import_and_segmentation()
    {
        Save("set/dataset.json", """{ "channel_names": { "0": "T2" }, "labels": { "background": 0, "A": 1, "B": 2, "C": 3, "D": 4 }, "file_ending": ".nrrd" }""", []);
        Save("set/imagesTr/P01_0000.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 200))]);
        Save("set/labelsTr/P01.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 24 / 5))]);
        Save("set/imagesTs/P02_0000.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 150))]);

        Assert.Equal(["3 A B C D"], Texts("Import-MedSegDataset set -InputSize 32 | ForEach-Object { '{0} {1}' -f $_.Count, ($_.LabelNames -join ' ') }"));
        Assert.Equal(["24"], Texts("(Import-MedSegDataset set -InputSize 32 -SliceAxis First).Count"));
        Assert.Contains(Texts("Import-MedSegDataset set -InputSize 32 -Verbose 4>&1"), text => text.Contains("third axis, which has the largest spacing", StringComparison.Ordinal));

        const string segment = "Invoke-MedSegSegmentation set/imagesTs -Model m.safetensors -Device Cpu";
        Assert.Equal(["P02_f1", "P02_f2", "P02_f3"], Texts($"({segment} -OutputPath masks -Format Nifti).Name"));
        Assert.Equal(["P02.nii.gz", "labels.ctbl", "labels.label"], Directory.GetFiles(_session.PathOf("masks")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(["NIfTI 3 20 24"], Texts("Get-MedSegImage masks/P02.nii.gz | ForEach-Object { '{0} {1} {2} {3}' -f $_.Format, $_.Frames, $_.Rows, $_.Columns }"));
        Assert.Equal(["20"], Texts($"({segment} -OutputPath other -SliceAxis Second).Count"));
        Assert.Equal(["20"], Texts("(Get-MedSegImage set/imagesTs/P02_0000.nrrd -SliceAxis Second).Frames"));
    }

    [Fact]
    public void Channels_go_through_import_training_and_segmentation()
    {
        foreach (string patient in (string[])["P01", "P02"])
        {
            Save($"pair/images/{patient}_W.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 200))]);
            Save($"pair/images/{patient}_F.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(200 - (i % 180)))]);
            Save($"pair/labels/{patient}.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 24 / 12))]);
        }

        string[] model = Texts("$d = Import-MedSegDataset pair -InputSize 32 -LabelName muscle -Channel 'water=_W', 'fat=_F'; $null = Start-MedSegTraining $d -OutputPath two -Epochs 1 -BaseWidth 2 -Device Cpu; (Get-MedSegModel two/medseg.safetensors).Channels");
        Assert.Equal(["water=_W", "fat=_F"], model);
        Assert.Equal(["fat=_F", "water=_W"], Texts("(Import-MedSegDataset pair -InputSize 32 -Channel @{ water = '_W'; fat = '_F' }).Channels"));
        Assert.Equal(["water=_W", "fat=_F", "muscle"], Texts("Import-MedSegDataset pair -Model two/medseg.safetensors | ForEach-Object { $_.Channels; $_.LabelNames }"));
        Assert.Contains(Texts("Get-MedSegModel two/medseg.safetensors | Format-List | Out-String -Stream"), line => line.Contains("Channels", StringComparison.Ordinal) && line.EndsWith("water=_W, fat=_F", StringComparison.Ordinal));

        const string segment = "Invoke-MedSegSegmentation pair/images -Model two/medseg.safetensors -Device Cpu";
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3", "P02_f1", "P02_f2", "P02_f3"], Texts($"({segment} -OutputPath two-masks).Name"));
        Assert.Equal(["ChannelsDiffer,MedSeg.PowerShell.Cmdlets.InvokeMedSegSegmentationCommand"], Texts($"& {{ try {{ {segment} -OutputPath no -Channel 'T1=_W', 'T2=_F' }} catch {{ $_.FullyQualifiedErrorId }} }}"));
        Assert.Equal(["water", "fat"], Texts("(Get-MedSegImage pair/images/P01_W.nrrd, pair/images/P01_F.nrrd -Channel 'water=_W', 'fat=_F').Channel"));
        Assert.Equal("ChannelMissing", ModuleSession.IdOf(_session.Fail("Get-MedSegImage pair/labels/P01.nrrd -Channel 'water=_W', 'fat=_F'")));
        string[] fat = Texts("$channels = Import-MedSegDataset pair -InputSize 32 -LabelName muscle -Channel 'water=_W', 'fat=_F'; ($channels | Measure-MedSegComposition -FatMethod Dixon).FatPercent");
        Assert.Equal(6, fat.Length);
        Assert.NotEqual(fat, Texts("($channels | Measure-MedSegComposition -FatMethod Dixon -WaterChannel fat -FatChannel water).FatPercent"));
        Assert.Equal(["ChannelInvalid,MedSeg.PowerShell.Cmdlets.ImportMedSegDatasetCommand"], Texts("& { try { Import-MedSegDataset pair -Channel '_W', '_F' } catch { $_.FullyQualifiedErrorId } }"));
    }

    [Theory]
    [InlineData("rgb", "'r=Color=Red', 'g=Color=Green'", "3 24 20 3", "RGB-color domain domain domain", "none (0.7,0,0) (0,0.7,0) (0,0,4)")]
    [InlineData("four", "'a=Volume=1', 'b=Volume=2'", "24 20 3 2", "domain domain domain list", "(0.7,0,0) (0,0.7,0) (0,0,4) none")]
    public void Several_numbers_per_voxel_go_through_reports_and_pictures(string kind, string channels, string sizes, string kinds, string directions)
    {
        string header = Header.Replace("dimension: 3", $"dimension: 4\nkinds: {kinds}", StringComparison.Ordinal).Replace("24 20 3", sizes, StringComparison.Ordinal).Replace("(0.7,0,0) (0,0.7,0) (0,0,4)", directions, StringComparison.Ordinal);
        byte[] first = [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 200))];
        byte[] voxels = kind == "rgb" ? [.. first.SelectMany(value => (byte[])[value, (byte)(200 - value), 7])] : [.. first, .. first.Select(value => (byte)(200 - value))];
        foreach (string patient in (string[])["P01", "P02"])
        {
            Save($"{kind}/images/{patient}.nrrd", header, voxels);
            Save($"{kind}/labels/{patient}.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 24 / 12))]);
        }

        Save("first.nrrd", Header, first);
        _session.Run($"$d = Import-MedSegDataset {kind} -InputSize 32 -LabelName muscle -Channel {channels}; $null = Start-MedSegTraining $d -OutputPath run -Epochs 1 -BaseWidth 2 -Device Cpu");

        Assert.Equal(["report.html", "6"], Texts($"$s = Invoke-MedSegSegmentation {kind}/images -Model run/medseg.safetensors -Device Cpu -OutputPath masks -Format Nifti -Overlay; ($s | Export-MedSegReport report.html).Name; @($s | Where-Object {{ Test-Path $_.OverlayPath }}).Count"));
        Assert.Contains("P02_f3", File.ReadAllText(_session.PathOf("report.html")), StringComparison.Ordinal);
        Assert.Equal(["folder.html", "sheet.png", "labels.html"], Texts($"(Export-MedSegReport folder.html -MaskPath masks -ImagePath {kind}/images).Name; (Export-MedSegReport sheet.png -MaskPath masks -ImagePath {kind}/images -ContactSheet).Name; ($d | Export-MedSegReport labels.html).Name"));
        _session.Run($"Export-MedSegImage {kind}/images/P01.nrrd chosen.png -Frame 2 -Channel {channels}; Export-MedSegImage first.nrrd alone.png -Frame 2; Export-MedSegImage {kind}/images/P01.nrrd all.png -Frame 2");
        Assert.Equal(File.ReadAllBytes(_session.PathOf("alone.png")), File.ReadAllBytes(_session.PathOf("chosen.png")));
        Assert.Equal(["24 20"], Texts("Get-MedSegImage all.png | ForEach-Object { '{0} {1}' -f $_.Columns, $_.Rows }"));
    }

    [Fact]
    public void FolderPattern_finds_the_folders_of_patients_and_sessions()
    {
        foreach (string session in (string[])["P01/a", "P01/b", "P02/a"])
        {
            Save($"study/{session}/T2/scan.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 200))]);
            Save($"study/{session}/drawn/scan.nrrd", Header, [.. Enumerable.Range(0, 24 * 20 * 3).Select(i => (byte)(i % 24 / 12))]);
        }

        const string import = "Import-MedSegDataset study -InputSize 32 -LabelName muscle -FolderPattern";

        Assert.Equal(["9 2"], Texts($"{import} '{{patient}}/{{session}}/T2', '{{patient}}/{{session}}/drawn' | ForEach-Object {{ '{{0}} {{1}}' -f $_.Count, $_.Patients }}"));
        Assert.Equal("FolderPatternInvalid", ModuleSession.IdOf(_session.Fail($"{import} '{{session}}/T2', '{{session}}/drawn'")));
    }

    [Fact]
    public void PixelSpacing_gives_pictures_their_areas()
    {
        Save("pictures/images/S01.npy", Npy, [.. Enumerable.Range(0, 480).Select(i => (byte)(i % 200))]);
        Save("pictures/labels/S01.npy", Npy, [.. Enumerable.Range(0, 480).Select(i => (byte)(i % 24 / 5))]);

        const string import = "(Import-MedSegDataset pictures -InputSize 32 -LabelName A, B, C, D -WarningAction SilentlyContinue";
        Assert.Equal([""], Texts($"{import}).Samples[0].Spacing"));
        Assert.Equal(["0.5 0.25"], Texts($"{import} -PixelSpacing 0.5, 0.25).Samples[0].Spacing | ForEach-Object {{ '{{0}} {{1}}' -f $_.Row, $_.Column }}"));
        Assert.Equal(
            ["True"],
            Texts("$s = Invoke-MedSegSegmentation pictures/images -Model m.safetensors -Device Cpu -OutputPath masks -PixelSpacing 0.5; (($s.Rois.Pixels | Measure-Object -Sum).Sum / 4) -eq ($s.Rois.Area | Measure-Object -Sum).Sum"));
    }

    private const string Header = "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 24 20 3\nspace directions: (0.7,0,0) (0,0.7,0) (0,0,4)\nencoding: raw\nspace origin: (0,0,0)\n\n";

    private static string Npy { get; } = "\u0093NUMPY\u0001\0\u0076\0" + "{'descr': '|u1', 'fortran_order': False, 'shape': (20, 24), }".PadRight(117) + "\n";

    private string[] Texts(string script) => [.. _session.Run($"{script} | ForEach-Object {{ \"$_\" }}").Select(text => text.ToString())];

    private void Save(string name, string header, byte[] voxels)
    {
        string path = _session.PathOf(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. Encoding.Latin1.GetBytes(header), .. voxels]);
    }
}
