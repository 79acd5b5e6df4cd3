using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Invoke-MedSegSegmentation through the built module.</summary>
public sealed class SegmentationTests : IDisposable
{
    private const string Invoke = "Invoke-MedSegSegmentation -Model models/medseg.safetensors -OutputPath masks -Device Cpu";
    private readonly ModuleSession _session = new();

    public SegmentationTests()
    {
        _session.Run("$demo = New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2");
        _session.Run("Import-MedSegDataset data/train -InputSize 32 -LabelName $demo.LabelNames | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath models -Device Cpu");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Folder_is_segmented_with_pictures_and_the_masks_are_a_data_set_s()
    {
        List<PSObject> slices = _session.Run($"{Invoke} -Path data/heldout/dicoms -Overlay -KeepLargestComponent -FillHoles");

        Assert.Equal(["P03_S02", "P03_S01"], slices.Select(s => (string)s.Properties["Name"].Value));
        Assert.All(slices, s => Assert.True(File.Exists((string)s.Properties["MaskPath"].Value)));
        Assert.All(slices, s => Assert.True(File.Exists((string)s.Properties["OverlayPath"].Value)));
        PSObject dataset = Assert.Single(_session.Run("Import-MedSegDataset -DicomPath data/heldout/dicoms -LabelPath masks -InputSize 32 -LabelName $demo.LabelNames"));
        Assert.Equal(2, dataset.Properties["Count"].Value);
    }

    [Fact]
    public void Images_come_from_the_pipeline_and_by_wildcard()
    {
        Assert.Equal(2, _session.Run($"[System.IO.Directory]::GetFiles('{_session.PathOf("data", "heldout", "dicoms")}') | {Invoke}").Count);
        Assert.Equal(2, _session.Run($"{Invoke} -Path data/heldout/dicoms/*.dcm -Force -Format Npy").Count);
        Assert.Single(_session.Run($"[System.IO.FileInfo]::new('{_session.PathOf("data", "heldout", "dicoms", "P03_S01.dcm")}') | {Invoke} -Force"));
    }

    [Fact]
    public void Existing_masks_bad_models_and_missing_images_are_errors()
    {
        _session.Run($"{Invoke} -Path data/heldout/dicoms");
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail($"{Invoke} -Path data/heldout/dicoms")));

        File.WriteAllText(_session.PathOf("no.safetensors"), "this is no model at all");
        Assert.Equal("NotSafetensors", ModuleSession.IdOf(_session.Fail("Invoke-MedSegSegmentation -Model no.safetensors -OutputPath other -Path data/heldout/dicoms")));
        Assert.Equal("FileNotFound", ModuleSession.IdOf(_session.Fail("Invoke-MedSegSegmentation -Model gone.safetensors -OutputPath other -Path data/heldout/dicoms")));
        Assert.Equal("FileNotFound", ModuleSession.IdOf(_session.Fail("Invoke-MedSegSegmentation -Model models/medseg.safetensors -OutputPath other -Path gone.dcm")));
        Assert.False(Directory.Exists(_session.PathOf("other")));
    }

    [Fact]
    public void Model_is_measured_by_ROI_patient_and_slice_and_its_areas_are_drawn()
    {
        _session.Run("$held = Import-MedSegDataset data/heldout -InputSize 32 -LabelName $demo.LabelNames");

        List<PSObject> rois = _session.Run("$held | Measure-MedSegModel models/medseg.safetensors -Device Cpu -PlotPath plot.png");

        Assert.Equal(4, rois.Count);
        Assert.Equal(2, rois[0].Properties["Slices"].Value);
        Assert.True(new FileInfo(_session.PathOf("plot.png")).Length > 1000);
        Assert.All(rois[0].Properties.Where(p => p.Name != "Name"), p => Assert.True(p.Value is null or int or double, p.Name));
        Assert.Equal(4, _session.Run("$held | Measure-MedSegModel models/medseg.safetensors -Device Cpu -ByPatient").Count);
        List<PSObject> slices = _session.Run("$held | Measure-MedSegModel models/medseg.safetensors -Device Cpu -BySlice");
        Assert.Equal(8, slices.Count);

        // The areas are those that segmentation gives for the same slices.
        List<PSObject> areas = _session.Run($"({Invoke} -Path data/heldout/dicoms).Rois.Pixels");
        Assert.Equal(areas.Sum(p => (long)p.BaseObject), slices.Sum(s => (long)s.Properties["FoundPixels"].Value));
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail("$held | Measure-MedSegModel models/medseg.safetensors -PlotPath plot.png")));
    }

    [Fact]
    public void Areas_are_summed_up_by_series_and_written_as_a_table()
    {
        List<PSObject> areas = _session.Run($"{Invoke} -Path data/heldout/dicoms | Measure-MedSegArea -CsvPath areas.csv");

        Assert.Equal(4, areas.Count);
        Assert.Equal("P03_S01", areas[0].Properties["Series"].Value);
        Assert.Equal(1 + (2 * 4), File.ReadAllLines(_session.PathOf("areas.csv")).Length);
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail($"{Invoke} -Path data/heldout/dicoms -Force | Measure-MedSegArea -CsvPath areas.csv")));
    }

    [Fact]
    public void Data_of_another_kind_than_the_model_s_is_refused()
    {
        foreach (string import in (string[])["-InputSize 64 -LabelName $demo.LabelNames", "-InputSize 32 -LabelName A, B, C, D, E", "-InputSize 32 -Normalization Percentile"])
        {
            ErrorRecord error = _session.Fail($"Import-MedSegDataset data/heldout {import} | Measure-MedSegModel models/medseg.safetensors");
            Assert.Equal("DatasetMismatch", ModuleSession.IdOf(error));
        }
    }

    [Fact]
    public void Onnx_runtime_gives_the_masks_that_torch_gives()
    {
        _session.Run("Export-MedSegModel -Path models/medseg.safetensors -Format Onnx -OutputPath m.onnx");
        string[] torch = Masks($"{Invoke} -Path data/heldout/dicoms");

        Assert.Equal(torch, Masks("Invoke-MedSegSegmentation -Model m.onnx -OutputPath onnx -Path data/heldout/dicoms"));
        Assert.Equal(torch, Masks("Invoke-MedSegSegmentation -Model models/medseg.safetensors -Backend OnnxRuntime -OutputPath converted -Path data/heldout/dicoms"));

        // And the scores, of the exported file and of the model itself.
        _session.Run("$held = Import-MedSegDataset data/heldout -InputSize 32 -LabelName $demo.LabelNames");
        string[] scores = Scores("models/medseg.safetensors -Device Cpu");
        Assert.Equal(8, scores.Length);
        Assert.Equal(scores, Scores("m.onnx"));
        Assert.Equal(scores, Scores("models/medseg.safetensors -Backend OnnxRuntime"));
        Assert.Equal("BackendMismatch", ModuleSession.IdOf(_session.Fail("$held | Measure-MedSegModel m.onnx -Backend Torch")));
    }

    [Fact]
    public void Onnx_file_of_another_program_or_for_torch_or_an_unknown_device_is_an_error()
    {
        _session.Run("Export-MedSegModel -Path models/medseg.safetensors -Format Onnx -OutputPath m.onnx");
        const string rest = "-OutputPath other -Path data/heldout/dicoms";
        Assert.Equal("BackendMismatch", ModuleSession.IdOf(_session.Fail($"Invoke-MedSegSegmentation -Model m.onnx -Backend Torch {rest}")));
        Assert.Equal("DeviceUnknown", ModuleSession.IdOf(_session.Fail($"Invoke-MedSegSegmentation -Model m.onnx -Device Npu {rest}")));
        Assert.Equal("ProviderNotAvailable", ModuleSession.IdOf(_session.Fail($"Invoke-MedSegSegmentation -Model m.onnx -Device Cuda {rest}")));

        // Version 7, by "pytorch", with an empty graph.
        File.WriteAllBytes(_session.PathOf("theirs.onnx"), [8, 7, 18, 7, .. "pytorch"u8, 58, 0]);
        Assert.Equal("OnnxNotMedSeg", ModuleSession.IdOf(_session.Fail($"Invoke-MedSegSegmentation -Model theirs.onnx {rest}")));
        File.WriteAllBytes(_session.PathOf("cut.onnx"), File.ReadAllBytes(_session.PathOf("m.onnx"))[..5000]);
        Assert.Equal("OnnxInvalid", ModuleSession.IdOf(_session.Fail($"Invoke-MedSegSegmentation -Model cut.onnx {rest}")));
        Assert.False(Directory.Exists(_session.PathOf("other")));
    }

    private string[] Scores(string model) => [.. _session.Run($"$held | Measure-MedSegModel {model} -BySlice | ForEach-Object {{ \"$($_.Slice) $($_.Roi) $($_.FoundPixels) $($_.Dice) $($_.Hausdorff95)\" }}").Select(line => line.ToString())];

    private string[] Masks(string script) => [.. _session.Run($"({script}).MaskPath").Select(path => Convert.ToHexString(File.ReadAllBytes(path.ToString())))];

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(_session.Run($"{Invoke} -Path data/heldout/dicoms -WhatIf"));
        Assert.False(Directory.Exists(_session.PathOf("masks")));
    }
}
