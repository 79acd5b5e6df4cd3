using MedSeg.Data.Files;
using MedSeg.Dicom.Parsing;
using MedSeg.Dicom;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Tests.Volumes;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference;

/// <summary>Files of several frames, whose frames are slices in the order of their places.</summary>
public sealed class MultiFrameTests : IDisposable
{
    // At this size nothing is resampled: masks are what was drawn.
    private static readonly SegmentationModel s_model = ScanFolder.ModelOf(112);
    private readonly ScanFolder _folder = new();
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Png, ".png")]
    [InlineData(MaskFormat.Npy, ".npy")]
    public void Each_frame_has_its_mask(MaskFormat format, string ending)
    {
        string path = MultiFrameScan.WriteEnhanced(PathOf("scan.dcm"));

        List<SegmentedSlice> slices = Run(format);

        Assert.Equal([2, 4, 1, 3], slices.Select(s => s.Frame));
        Assert.All(slices, (s, place) =>
        {
            Assert.Equal((path, "scan", Path.Combine(_folder.Output, $"scan_f{s.Frame}{ending}")), (s.ImagePath, s.Series, s.MaskPath));
            Assert.Equal(ScanFolder.Truth(place).Select(v => (float)v), LabelReader.ReadFrames(s.MaskPath!, 1, LabelMapping.None)[0].Values);
            Assert.Equal(s.Rois[1].Pixels * 0.375, s.Rois[1].Area!.Value, 1e-9);
        });
        double[] gaps = [.. slices.Zip(slices.Skip(1), (a, b) => b.Location!.Value - a.Location!.Value)];
        Assert.All(gaps, gap => Assert.Equal(ScanFolder.Distance, gap, 1e-9));
    }

    [Theory]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.DicomSeg)]
    public void Frames_find_their_masks_in_the_volume(MaskFormat format)
    {
        string path = MultiFrameScan.WriteEnhanced(PathOf("scan.dcm"));

        RequireMasks(path, Assert.Single(Run(format).Select(s => s.MaskPath!).Distinct()));

        Assert.Empty(_warnings);
    }

    [Fact]
    public void Frames_of_the_segmentation_refer_to_the_frames_of_the_image()
    {
        string path = MultiFrameScan.WriteEnhanced(PathOf("scan.dcm"));

        string segmentation = Run(MaskFormat.DicomSeg)[0].MaskPath!;

        DicomDataset dataset = DicomImageReader.Parse(segmentation).Dataset;
        Assert.Equal([3.0], dataset.Items(DicomTag.SharedFunctionalGroups)[0].Items(DicomTag.PixelMeasuresSequence)[0].FindDecimals(DicomTag.SliceThickness)!);
        IReadOnlyList<DicomDataset> frames = dataset.Items(DicomTag.PerFrameFunctionalGroups);
        Assert.Equal(8, frames.Count);
        Assert.Equal([2, 2, 4, 4, 1, 1, 3, 3], frames.Select(f => (int)Source(f).FindDecimals(DicomTag.ReferencedFrameNumber)![0]));
        Assert.All(frames, f => Assert.Equal(DicomImageReader.Parse(path).Dataset.FindText(DicomTag.SopInstanceUid), Source(f).FindText(DicomTag.ReferencedSopInstanceUid)));
        OutsideTool.RequireValid(segmentation);
    }

    [Fact]
    public void Pydicom_finds_each_mask_on_the_frame_that_it_refers_to()
    {
        string path = MultiFrameScan.WriteEnhanced(PathOf("scan.dcm"));
        const string script = """
            import sys, numpy, pydicom
            image, seg = map(pydicom.dcmread, sys.argv[1:])
            for group, pixels in zip(seg.PerFrameFunctionalGroupsSequence, seg.pixel_array):
                source = group.DerivationImageSequence[0].SourceImageSequence[0]
                assert source.ReferencedSOPInstanceUID == image.SOPInstanceUID and source.ReferencedSOPClassUID == image.SOPClassUID
                frame = source.ReferencedFrameNumber - 1
                place = image.PerFrameFunctionalGroupsSequence[frame].PlanePositionSequence[0].ImagePositionPatient
                assert numpy.allclose(group.PlanePositionSequence[0].ImagePositionPatient, place)
                roi = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
                assert ((image.pixel_array[frame] == 100 * roi) == (pixels == 1)).all()
            print(len(seg.PerFrameFunctionalGroupsSequence), 'frames are right')
            """;

        Assert.Contains("8 frames are right", OutsideTool.Run("/usr/bin/python3", "-c", script, path, Run(MaskFormat.DicomSeg)[0].MaskPath!), StringComparison.Ordinal);
    }

    [Fact]
    public void Nibabel_finds_each_frame_in_the_volume_where_pydicom_says_that_it_lies()
    {
        string path = MultiFrameScan.WriteEnhanced(PathOf("scan.dcm"));
        const string script = """
            import sys, numpy, pydicom, nibabel
            image, volume = pydicom.dcmread(sys.argv[1]), nibabel.load(sys.argv[2])
            labels = numpy.asarray(volume.dataobj)
            for frame, group in enumerate(image.PerFrameFunctionalGroupsSequence):
                x, y, z = map(float, group.PlanePositionSequence[0].ImagePositionPatient)
                i, j, k, _ = numpy.linalg.inv(volume.affine) @ [-x, -y, z, 1]
                assert numpy.allclose([i, j, k], [0, 0, round(k)], atol=1e-3), (i, j, k)
                assert (labels[:, :, round(k)].T * 100 == image.pixel_array[frame]).all()
            print(labels.shape, volume.header.get_zooms(), 'is right')
            """;

        Assert.Contains("(112, 84, 4) (0.75, 0.5, 4.0) is right", OutsideTool.Run("/usr/bin/python3", "-c", script, path, Run(MaskFormat.Nifti)[0].MaskPath!), StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_without_positions_have_masks_and_a_segmentation_that_refers_to_them_but_no_volume()
    {
        // The position at the top level is that of one frame; nobody knows the others'.
        string path = MultiFrameScan.WriteOld(PathOf("scan.dcm"), f => f.Text(0x0020, 0x0032, "DS", @"1\2\3").Text(0x0020, 0x0037, "DS", @"1\0\0\0\1\0").Text(0x0028, 0x0030, "DS", @"0.5\0.75"));

        List<SegmentedSlice> slices = Run(MaskFormat.Png);
        Assert.Equal([1, 2, 3, 4], slices.Select(s => s.Frame));
        Assert.All(slices, s => Assert.Null(s.Location));
        Assert.All(slices, s => Assert.NotNull(s.Rois[0].Area));
        Assert.Empty(Run(MaskFormat.Nifti));
        Assert.Equal("SeriesPosition", Assert.Single(_errors));
        Assert.Empty(_warnings);

        string segmentation = Run(MaskFormat.DicomSeg)[0].MaskPath!;

        Assert.Contains("references its images but has no positions", Assert.Single(_warnings), StringComparison.Ordinal);
        DicomDataset dataset = DicomImageReader.Parse(segmentation).Dataset;
        Assert.Null(dataset.FindText(DicomTag.FrameOfReferenceUid));
        Assert.All(dataset.Items(DicomTag.PerFrameFunctionalGroups), f => Assert.Empty(f.Items(DicomTag.PlanePositionSequence)));
        RequireMasks(path, segmentation);
        OutsideTool.RequireValid(segmentation);
    }

    [Theory]
    [InlineData(@"0.8\0.6\0\0\0\-1", @"8\0\12\4", MaskFormat.Nifti)]
    [InlineData(@"0.8\0.6\0\0\0\-1", @"0\-8\4\-4", MaskFormat.Nifti)]
    [InlineData(@"0.8\0.6\0\0\0\-1", @"0\-8\4\-4", MaskFormat.DicomSeg)]
    [InlineData(@"1\0\0\0\1\0", @"38\30\42\34", MaskFormat.Nifti)]
    [InlineData(@"1\0\0\0\1\0", @"38\30\42\34", MaskFormat.DicomSeg)]
    public void Offsets_of_frames_tell_where_they_lie(string orientation, string offsets, MaskFormat format)
    {
        bool isRelative = offsets[0] == '0';
        string path = MultiFrameScan.WriteOld(PathOf("scan.dcm"), f => f
            .Text(0x0018, 0x0050, "DS", "4").Text(0x0020, 0x0032, "DS", @"10\-20\38").Text(0x0020, 0x0037, "DS", orientation)
            .Text(0x0028, 0x0030, "DS", @"0.5\0.75").Text(0x3004, 0x000C, "DS", offsets));

        List<SegmentedSlice> slices = Run(format);

        // Places along z say nothing of oblique planes.
        if (!isRelative && orientation[0] == '0')
        {
            Assert.Equal("SeriesPosition", Assert.Single(_errors));
            return;
        }

        Assert.Equal([2, 4, 1, 3], slices.Select(s => s.Frame));
        RequireMasks(path, slices[0].MaskPath!);
        DicomImage third = DicomImageReader.ReadFrames(path).ElementAt(2);
        Assert.Equal(isRelative ? [10 - (0.6 * 4), -20 + (0.8 * 4), 38] : [10.0, -20, 42], third.Position!.Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void Real_dose_is_a_volume_of_its_frames()
    {
        if (SharedDicomTests.Folder is not { } shared)
        {
            Assert.Skip("The folder shared/dicom with real DICOM files was not found in any folder above the tests.");
            return;
        }

        Directory.CreateDirectory(_folder.Scans);
        File.Copy(Path.Combine(shared, "rtdose.dcm"), PathOf("dose.dcm"));
        Assert.Equal(15, Run(MaskFormat.Png).Count);
        const string script = "import nibabel,sys;v=nibabel.load(sys.argv[1]);print(v.shape,v.header.get_zooms(),*(v.affine@[9,0,14,1]).round(3))";

        string nifti = Run(MaskFormat.Nifti)[0].MaskPath!;
        string segmentation = Run(MaskFormat.DicomSeg)[0].MaskPath!;

        OutsideTool.RequireValid(segmentation);

        // 189.43125 + 9 × 10, 199.43125, -761.87 + 70, x and y turned about.
        Assert.Contains("(10, 10, 15) (10.0, 10.0, 5.0) -279.431 -199.431 -691.87 1.0", OutsideTool.Run("/usr/bin/python3", "-c", script, nifti), StringComparison.Ordinal);
    }

    private static DicomDataset Source(DicomDataset frame) => frame.Items(DicomTag.DerivationImageSequence)[0].Items(DicomTag.SourceImageSequence)[0];

    private string PathOf(string name) => Path.Combine(_folder.Scans, name);

    private List<SegmentedSlice> Run(MaskFormat format) => _folder.Run(_folder.Masks with { Format = format }, _errors, _warnings, s_model, new BrightnessBackend(112));

    private static void RequireMasks(string image, string volume)
    {
        var labels = LabelVolume.Open(volume, LabelMapping.None, ["Outer", "Inner"]);
        DicomImage[] frames = [.. DicomImageReader.ReadFrames(image)];
        Assert.All(frames, (frame, i) => Assert.Equal(ScanFolder.Truth(MultiFrameScan.Places[i]).Select(v => (float)v), labels.Slice(frame).Mask.Values));
        Assert.Equal(0, labels.CountUnseen());
    }
}
