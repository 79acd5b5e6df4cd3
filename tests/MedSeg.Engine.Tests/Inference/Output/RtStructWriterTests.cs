using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference.Output;

/// <summary>Structure sets are valid, and other programs find the masks in them.</summary>
public sealed class RtStructWriterTests : IDisposable
{
    // Even-odd by its definition: a ray to the right, for all pixels at once.
    private const string Rasterise = """
        import sys, glob, os, numpy as np, pydicom
        from PIL import Image
        folder, path = sys.argv[1], sys.argv[2]
        rs = pydicom.dcmread(path)
        assert rs.file_meta.TransferSyntaxUID.is_implicit_VR and rs.SOPClassUID.name == 'RT Structure Set Storage'
        images = {d.SOPInstanceUID: (d, os.path.basename(f)[:-4]) for f in glob.glob(folder + '/scans/*.dcm') for d in [pydicom.dcmread(f)]}
        masks = {uid: np.zeros((d.Rows, d.Columns), int) for uid, (d, _) in images.items()}
        names = {r.ROINumber: r.ROIName for r in rs.StructureSetROISequence}
        assert list(names.values()) == ['Outer', 'Inner'], names
        referenced = rs.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
        assert {i.ReferencedSOPInstanceUID for i in referenced.ContourImageSequence} == set(images)
        for roi in rs.ROIContourSequence:
            for number, contour in enumerate(roi.ContourSequence, 1):
                assert contour.ContourGeometricType == 'CLOSED_PLANAR' and contour.ContourNumber == number
                points = np.array(contour.ContourData, float).reshape(-1, 3)
                assert len(points) == contour.NumberOfContourPoints and not np.array_equal(points[0], points[-1])
                uid = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
                d = images[uid][0]
                row, col = np.array(d.ImageOrientationPatient, float).reshape(2, 3)
                offset = points - np.array(d.ImagePositionPatient, float)
                assert abs(offset @ np.cross(row, col)).max() < 1e-3
                x, y = offset @ row / d.PixelSpacing[1], offset @ col / d.PixelSpacing[0]
                cy, cx = np.mgrid[:d.Rows, :d.Columns]
                inside = np.zeros((d.Rows, d.Columns), bool)
                for i in range(len(x)):
                    j = (i + 1) % len(x)
                    if y[i] != y[j]:
                        inside ^= ((y[i] > cy) != (y[j] > cy)) & (cx < x[i] + (cy - y[i]) / (y[j] - y[i]) * (x[j] - x[i]))
                assert not masks[uid][inside].any(), 'overlap'
                masks[uid][inside] = roi.ReferencedROINumber
        for uid, (d, name) in images.items():
            assert (masks[uid] == np.array(Image.open(folder + '/masks/' + name + '.png'))).all(), name
        print('the same', len(images))
        """;

    private static readonly double[] s_tilted = [0.8, 0.6, 0, 0, 0, -1];
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pydicom_and_another_rasteriser_find_the_same_masks(bool isTilted)
    {
        AddSeries(3, isTilted);
        _folder.Run(_folder.Masks);

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.RtStruct })[0].MaskPath!;

        string told = OutsideTool.Run("/usr/bin/python3", "-c", Rasterise, _folder.Root, path);
        Assert.True(told.Contains("the same 3", StringComparison.Ordinal), told);
        OutsideTool.RequireValid(path, "RTStructureSet");
    }

    [Fact]
    public void Our_own_reader_finds_exactly_the_same_masks()
    {
        AddSeries(3, isTilted: true);
        List<SegmentedSlice> single = _folder.Run(_folder.Masks);

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.RtStruct })[0].MaskPath!;

        var volume = LabelVolume.Open(path, LabelMapping.None, []);
        volume.SetSlices(() => [.. single.Select(slice => SlicePlane.Of(ImageSlice.Of(DicomImageReader.Read(slice.ImagePath)))!)]);
        foreach (SegmentedSlice slice in single)
        {
            Assert.Equal(LabelReader.Read(slice.MaskPath!).Values, volume.Slice(ImageSlice.Of(DicomImageReader.Read(slice.ImagePath))).Mask.Values);
        }

        Assert.Equal(["Outer", "Inner"], volume.RoiNames.OrderBy(name => name.Key).Select(name => name.Value));
        Assert.Equal(0, volume.CountUnseen());
    }

    [Fact]
    public void An_anonymous_structure_set_names_no_patient()
    {
        AddSeries(2, isTilted: false);

        string path = _folder.Run(_folder.Masks with { Format = MaskFormat.RtStruct, Anonymous = true })[0].MaskPath!;

        Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf("SECRET"u8) < 0);
        Assert.NotNull(DicomImageReader.Parse(path).Dataset.FindText(DicomTag.StudyInstanceUid));
        OutsideTool.RequireValid(path, "RTStructureSet");
    }

    [Fact]
    public void A_slice_without_a_position_has_no_contours()
    {
        AddSeries(2, isTilted: false);
        ScanFolder.Hide(Path.Combine(_folder.Scans, "s1.dcm"), 0x0020, 0x0032);
        var errors = new List<string>();

        Assert.Empty(_folder.Run(_folder.Masks with { Format = MaskFormat.RtStruct }, errors));
        Assert.Equal(["SeriesPosition"], errors);
    }

    private void AddSeries(int count, bool isTilted)
    {
        for (int number = 0; number < count; number++)
        {
            double[]? position = isTilted ? [10 - (0.6 * 4 * number), -20 + (0.8 * 4 * number), 30] : null;
            _folder.Add($"s{number}", number, position, isTilted ? s_tilted : null);
        }
    }
}
