using MedSeg.Data.Files;
using MedSeg.Dicom.Parsing;
using MedSeg.Dicom;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference;
using MedSeg.Labels;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Tests.Volumes;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference.Output;

/// <summary>Volumes of a series, read back by position and by other programs.</summary>
public sealed class VolumeWriterTests : IDisposable
{
    private static readonly double[] s_tilted = [0.8, 0.6, 0, 0, 0, -1];
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Nifti, ".nii.gz", false)]
    [InlineData(MaskFormat.Nifti, ".nii.gz", true)]
    [InlineData(MaskFormat.DicomSeg, ".dcm", false)]
    [InlineData(MaskFormat.DicomSeg, ".dcm", true)]
    [InlineData(MaskFormat.Nrrd, ".nrrd", true)]
    [InlineData(MaskFormat.SegNrrd, ".seg.nrrd", false)]
    [InlineData(MaskFormat.SegNrrd, ".seg.nrrd", true)]
    [InlineData(MaskFormat.RtStruct, ".dcm", false)]
    [InlineData(MaskFormat.RtStruct, ".dcm", true)]
    public void Slices_find_their_masks_in_the_volume_by_position(MaskFormat format, string ending, bool isTilted)
    {
        AddSeries(4, isTilted);
        List<SegmentedSlice> single = _folder.Run(_folder.Masks);

        List<SegmentedSlice> slices = _folder.Run(_folder.Masks with { Format = format });

        string path = Assert.Single(slices.Select(s => s.MaskPath!).Distinct());
        Assert.Equal(Path.Combine(_folder.Output, "s0" + ending), path);
        var volume = LabelVolume.Open(path, LabelMapping.None, ["Outer", "Inner"]);
        foreach (SegmentedSlice slice in single)
        {
            SliceLabels found = volume.Slice(DicomImageReader.Read(slice.ImagePath));
            Assert.True(found.IsMatched);
            Assert.Equal(LabelReader.ReadFrames(slice.MaskPath!, 1, LabelMapping.None)[0].Values, found.Mask.Values);
        }

        Assert.Equal(0, volume.CountUnseen());

        // Four masks, the volume and, where values need names, two tables.
        Assert.Equal(format is MaskFormat.Nifti or MaskFormat.Nrrd ? 7 : 5, Directory.GetFiles(_folder.Output).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Segmentation_has_no_errors_for_dciodvfy_and_dcmtk_reads_it(bool isTilted)
    {
        AddSeries(3, isTilted);

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg })[0].MaskPath!;

        OutsideTool.RequireValid(path);
        string dump = OutsideTool.Run("dcmdump", path);
        Assert.Contains("BINARY", dump, StringComparison.Ordinal);
        Assert.Contains("SECRET-ID", dump, StringComparison.Ordinal);
        DicomFile source = DicomImageReader.Parse(Path.Combine(_folder.Scans, "s0.dcm"));
        Assert.Contains(source.Dataset.FindText(DicomTag.SeriesInstanceUid)!, dump, StringComparison.Ordinal);
        Assert.Contains(source.Dataset.FindText(DicomTag.SopInstanceUid)!, dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Segment_labels_have_one_value_and_no_control_characters()
    {
        AddSeries(2, isTilted: false);
        SegmentationModel named = ScanFolder.Model with { Description = ScanFolder.Model.Description with { Data = ScanFolder.Model.Description.Data with { LabelNames = ["left\\right", "two\u001b[2J"] } } };

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg }, model: named)[0].MaskPath!;

        IEnumerable<string?> labels = DicomImageReader.Parse(path).Dataset.Items(DicomTag.SegmentSequence).Select(item => item.FindText(DicomTag.SegmentLabel));
        Assert.Equal(["left/right", "two [2J"], labels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Anonymous_segmentation_leaves_out_patient_and_study(bool isAnonymous)
    {
        AddSeries(2, isTilted: false);

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg, Anonymous = isAnonymous })[0].MaskPath!;

        byte[] content = File.ReadAllBytes(path);
        Assert.Equal(!isAnonymous, content.AsSpan().IndexOf("SECRET-ID"u8) >= 0);
        Assert.Equal(!isAnonymous, content.AsSpan().IndexOf("Secret^Name"u8) >= 0);
        DicomFile source = DicomImageReader.Parse(Path.Combine(_folder.Scans, "s0.dcm"));
        DicomFile written = DicomImageReader.Parse(path);
        Assert.Equal(source.Dataset.FindText(DicomTag.StudyInstanceUid), written.Dataset.FindText(DicomTag.StudyInstanceUid));
        Assert.Equal(2, _folder.Run(_folder.Masks).Count(slice => LabelVolume.Open(path, LabelMapping.None, ["Outer", "Inner"]).Slice(DicomImageReader.Read(slice.ImagePath)).IsMatched));
        OutsideTool.RequireValid(path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nibabel_places_the_volume_where_the_slices_are(bool isTilted)
    {
        AddSeries(3, isTilted);
        List<SegmentedSlice> slices = _folder.Run(_folder.Masks with { Format = MaskFormat.Nifti });

        const string script = "import nibabel,sys,numpy as n;v=nibabel.load(sys.argv[1]);assert n.allclose(v.get_qform(),v.get_sform(),atol=1e-4);print(*(v.affine@[7,11,2,1])[:3],v.shape,(n.asarray(v.dataobj)[:,:,2]==2).sum(),v.get_data_dtype())";
        string told = OutsideTool.Run("/usr/bin/python3", "-c", script, slices[0].MaskPath!);

        DicomImage last = DicomImageReader.Read(slices[2].ImagePath);
        ImagePlane plane = ImagePlane.Of(last)!.Value;
        Vector3D point = plane.Origin + (7 * plane.ColumnStep) + (11 * plane.RowStep);
        double[] numbers = [.. told.Split(' ').Take(3).Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(-point.X, numbers[0], 1e-3);
        Assert.Equal(-point.Y, numbers[1], 1e-3);
        Assert.Equal(point.Z, numbers[2], 1e-3);
        Assert.Contains($"(112, 84, 3) {slices[2].Rois[1].Pixels} uint8", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NIfTI_of_a_single_slice_has_its_thickness_or_is_flat(bool isThick)
    {
        string image = _folder.Add("a", 1, [10, -20, 30], s_tilted);
        if (!isThick)
        {
            ScanFolder.Hide(image, 0x0018, 0x0050);
        }

        var warnings = new List<string>();
        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }, warnings: warnings));

        using var header = new BinaryReader(new System.IO.Compression.GZipStream(File.OpenRead(slice.MaskPath!), System.IO.Compression.CompressionMode.Decompress));
        byte[] bytes = header.ReadBytes(352);
        float[] sizes = [.. Enumerable.Range(1, 3).Select(i => BitConverter.ToSingle(bytes, 76 + (4 * i)))];
        Assert.Equal([0.75f, 0.5f, isThick ? (float)ScanFolder.Distance : 0], sizes);
        Assert.Equal((isThick ? 3 : 2, 1, isThick ? 1 : 0), (bytes[40], bytes[252], bytes[254]));
        Assert.Equal(isThick ? 0 : 1, warnings.Count(w => w.Contains(image, StringComparison.Ordinal) && w.Contains("no Slice Thickness (0018,0050)", StringComparison.Ordinal)));

        // The slice finds its mask again in either.
        LabelImage mask = LabelVolume.Open(slice.MaskPath!, LabelMapping.None, ["Outer", "Inner"]).Slice(DicomImageReader.Read(image)).Mask;
        Assert.Equal(slice.Rois[1].Pixels, mask.Values.Count(v => v == 2));
    }

    [Fact]
    public void Nibabel_reads_a_flat_slice_where_it_lies()
    {
        ScanFolder.Hide(_folder.Add("a", 1, [10, -20, 30], s_tilted), 0x0018, 0x0050);
        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }));

        const string script = "import nibabel,sys,numpy as n;v=nibabel.load(sys.argv[1]);print(v.shape,v.header.get_zooms(),(n.asarray(v.dataobj)==2).sum(),*n.round(v.affine@[7,11,0,1],3))";
        string told = OutsideTool.Run("/usr/bin/python3", "-c", script, slice.MaskPath!);

        // 7 pixels of 0.75 mm along (0.8, 0.6, 0) and 11 of 0.5 mm along (0, 0, -1), x and y turned about.
        Assert.Contains($"(112, 84) (0.75, 0.5) {slice.Rois[1].Pixels} -14.2 16.85 24.5 1.0", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void Segmentation_states_thickness_and_distance_only_where_the_images_do(int count, bool isThick)
    {
        AddSeries(count, isTilted: true);
        string image = Path.Combine(_folder.Scans, $"s{count - 1}.dcm");
        if (!isThick)
        {
            ScanFolder.Hide(image, 0x0018, 0x0050);
        }

        var warnings = new List<string>();
        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg }, warnings: warnings)[0].MaskPath!;

        DicomDataset? measures = Assert.Single(DicomImageReader.Parse(path).Dataset.Items(DicomTag.SharedFunctionalGroups)).Items(DicomTag.PixelMeasuresSequence).SingleOrDefault();
        Assert.Equal(isThick ? [ScanFolder.Distance] : null, measures?.FindDecimals(DicomTag.SliceThickness));
        Assert.Equal(isThick && count > 1 ? [ScanFolder.Distance] : null, measures?.FindDecimals(DicomTag.SpacingBetweenSlices)?.Select(d => Math.Round(d, 9)));
        Assert.Equal(isThick ? [0.5, 0.75] : null, measures?.FindDecimals(DicomTag.PixelSpacing));
        Assert.Equal(isThick ? 0 : 1, warnings.Count);

        // The masks are found in either, by position or by the image that they were drawn on.
        DicomImage slice = DicomImageReader.Read(image);
        Assert.Contains(2f, LabelVolume.Open(path, LabelMapping.None, ["Outer", "Inner"]).Slice(slice).Mask.Values);
        OutsideTool.RequireValid(path);
    }

    [Theory]
    [InlineData(0x0028, 0x0030, "pixel spacing")]
    [InlineData(0x0020, 0x0032, "position and orientation")]
    public void Volume_of_a_slice_without_spacing_or_position_is_refused(ushort group, ushort element, string lack)
    {
        AddSeries(2, isTilted: false);
        ScanFolder.Hide(Path.Combine(_folder.Scans, "s1.dcm"), group, element);
        var errors = new List<string>();
        var events = new EngineEvents { Error = e => errors.Add(e.Message) };
        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));

        Assert.Empty(segmenter.Run([_folder.Scans], _folder.Masks with { Format = MaskFormat.Nifti }, events: events, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains($"s1.dcm does not state its {lack}.", Assert.Single(errors), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Output) && Directory.EnumerateFiles(_folder.Output).Any());
    }

    [Theory]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.DicomSeg)]
    [InlineData(MaskFormat.SegNrrd)]
    [InlineData(MaskFormat.RtStruct)]
    public void Volume_without_one_of_its_slices_is_not_written_and_nothing_is_left(MaskFormat format)
    {
        AddSeries(5, isTilted: false);
        var errors = new List<string>();

        // Gone after it was found, before it is read.
        var events = new EngineEvents { Error = e => errors.Add(e.ErrorId), Decision = _ => File.Delete(Path.Combine(_folder.Scans, "s3.dcm")) };
        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));

        Assert.Empty(segmenter.Run([_folder.Scans], _folder.Masks with { Format = format }, events: events, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["FileNotFound", "SeriesIncomplete"], errors);
        Assert.False(Directory.Exists(_folder.Output), "The output folder, which the run made, is empty and was not removed.");
    }

    [Fact]
    public void Series_with_a_gap_is_no_NIfTI_volume_but_a_segmentation()
    {
        _folder.Add("s0", 0);
        _folder.Add("s1", 1);
        _folder.Add("s3", 3);
        var errors = new List<string>();

        Assert.Empty(_folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }, errors));
        Assert.Equal("SeriesUneven", Assert.Single(errors));
        Assert.Equal(3, _folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg }).Count);
    }

    private void AddSeries(int count, bool isTilted)
    {
        for (int number = 0; number < count; number++)
        {
            // The normal of the tilted planes is row × column = (-0.6, 0.8, 0).
            double[]? position = isTilted ? [10 - (0.6 * 4 * number), -20 + (0.8 * 4 * number), 30] : null;
            _folder.Add($"s{number}", number, position, isTilted ? s_tilted : null);
        }
    }
}
