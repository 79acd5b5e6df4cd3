using System.Text;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Labels;
using MedSeg.Tests.Volumes;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference.Output;

/// <summary>Masks for the programs of a lab: 3D Slicer, ITK-SNAP, ImageJ.</summary>
public sealed class LabOutputTests : IDisposable
{
    // Reads NRRD as its specification says, independently of MedSeg.
    private const string CompareNrrd = """
        import sys, gzip, glob, os, numpy as np, pydicom
        from PIL import Image
        folder, path = sys.argv[1], sys.argv[2]
        head, data = open(path, 'rb').read().split(b'\n\n', 1)
        lines = head.decode('utf-8').split('\n')
        assert lines[0].startswith('NRRD000'), lines[0]
        fields = dict(l.split(': ', 1) for l in lines[1:] if ': ' in l and ':=' not in l and l[0] != '#')
        pairs = dict(l.split(':=', 1) for l in lines[1:] if ':=' in l)
        assert fields['space'] == 'left-posterior-superior' and fields['encoding'] == 'gzip' and fields['type'] == 'unsigned char'
        sizes = [int(n) for n in fields['sizes'].split()]
        voxels = np.frombuffer(gzip.decompress(data), np.uint8).reshape(sizes[::-1])
        vectors = [np.array(v.strip('()').split(','), float) for v in fields['space directions'].split()]
        origin = np.array(fields['space origin'].strip('()').split(','), float)
        for k in range(sizes[2]):
            d = pydicom.dcmread(f'{folder}/scans/s{k}.dcm')
            row, col = np.array(d.ImageOrientationPatient, float).reshape(2, 3)
            place = np.array(d.ImagePositionPatient, float) + 7 * row * d.PixelSpacing[1] + 11 * col * d.PixelSpacing[0]
            assert np.allclose(origin + 7 * vectors[0] + 11 * vectors[1] + k * vectors[2], place, atol=1e-6)
            assert (voxels[k] == np.array(Image.open(f'{folder}/masks/s{k}.png'))).all()
        for i in range(len(pairs) and 2):
            assert pairs[f'Segment{i}_Name'] == ['Outer', 'Inner'][i] and pairs[f'Segment{i}_LabelValue'] == str(i + 1) and pairs[f'Segment{i}_Layer'] == '0', pairs
            color = [round(255 * float(c)) for c in pairs[f'Segment{i}_Color'].split()]
            assert color == [[0xE6, 0x9F, 0], [0x56, 0xB4, 0xE9]][i], color
            assert pairs[f'Segment{i}_Extent'] == f'0 {sizes[0] - 1} 0 {sizes[1] - 1} 0 {sizes[2] - 1}'
        print('the same', sizes[2], len(pairs) > 0)
        """;

    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Nrrd, false, ".nrrd")]
    [InlineData(MaskFormat.SegNrrd, true, ".seg.nrrd")]
    public void Numpy_reads_NRRD_at_the_place_of_the_slices(MaskFormat format, bool hasSegments, string extension)
    {
        AddSeries(3);
        _folder.Run(_folder.Masks);

        string path = _folder.Run(_folder.Masks with { Format = format })[0].MaskPath!;

        Assert.Equal(_folder.PathOf("masks", "s0" + extension), path);
        string told = OutsideTool.Run("/usr/bin/python3", "-c", CompareNrrd, _folder.Root, path);
        Assert.True(told.Contains($"the same 3 {(hasSegments ? "True" : "False")}", StringComparison.Ordinal), told);
        var volume = LabelVolume.Open(path, LabelMapping.None, []);
        Assert.Equal(hasSegments ? ["Outer", "Inner"] : [], volume.RoiNames.OrderBy(name => name.Key).Select(name => name.Value));
    }

    [Fact]
    public void A_NIfTI_image_becomes_a_segmentation_of_Slicer_at_its_place()
    {
        NiftiBytes.Counting(16, 12, 3).Save(_folder.Scans, "P01.nii");

        string path = Assert.Single(_folder.Run(_folder.Masks with { Format = MaskFormat.SegNrrd }).Select(slice => slice.MaskPath!).Distinct());

        VolumeGeometry image = VolumeFile.ReadHeader(Path.Combine(_folder.Scans, "P01.nii")).Geometry;
        VolumeHeader mask = VolumeFile.ReadHeader(path);
        Assert.Equal(image.Counts, mask.Geometry.Counts);
        Assert.Equal(image.IsPlaced, mask.Geometry.IsPlaced);
        Assert.True((image.Origin - mask.Geometry.Origin).Length < 1e-9);
        Assert.All(image.Steps.Zip(mask.Geometry.Steps), step => Assert.True((step.First - step.Second).Length < 1e-9));
        Assert.Equal(["Outer", "Inner"], mask.Segments.Select(segment => segment.Name));
    }

    [Fact]
    public void A_slice_of_unknown_thickness_is_told()
    {
        ScanFolder.Hide(_folder.Add("a", 1), 0x0018, 0x0050);
        var warnings = new List<string>();

        _folder.Run(_folder.Masks with { Format = MaskFormat.Nrrd }, warnings: warnings);

        Assert.Contains(warnings, warning => warning.Contains("has a slice of 1 mm", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_for_ITK_SNAP_and_Slicer_name_the_values_of_volumes()
    {
        AddSeries(2);
        SegmentationModel named = ScanFolder.Model with { Description = ScanFolder.Model.Description with { Data = ScanFolder.Model.Description.Data with { LabelNames = ["psoas left", "L4 \"disc\""] } } };

        _folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }, model: named);

        string[] snap = [.. File.ReadLines(_folder.PathOf("masks", "labels.label")).Where(line => line[0] != '#')];
        Assert.Equal(["0 0 0 0 0 0 0 \"Clear Label\"", "1 230 159 0 1 1 1 \"psoas left\"", "2 86 180 233 1 1 1 \"L4 'disc'\""], snap.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        string[] slicer = [.. File.ReadLines(_folder.PathOf("masks", "labels.ctbl")).Where(line => line[0] != '#')];
        Assert.Equal(["0 Background 0 0 0 0", "1 psoas_left 230 159 0 255", "2 L4_\"disc\" 86 180 233 255"], slicer);

        // Another model's masks would be named by the wrong table.
        MedSegException error = Assert.Throws<MedSegException>(() => _folder.Run(_folder.Masks with { Format = MaskFormat.Nrrd }));
        Assert.Equal((ErrorIds.FileExists, _folder.PathOf("masks", "labels.label")), (error.ErrorId, error.Path));
        Assert.Equal(2, _folder.Run(_folder.Masks with { Format = MaskFormat.Nrrd, Force = true }).Count);
    }

    [Fact]
    public void A_segmentation_has_codes_and_colours()
    {
        AddSeries(2);
        SegmentationModel named = ScanFolder.Model with { Description = ScanFolder.Model.Description with { Data = ScanFolder.Model.Description.Data with { LabelNames = ["Psoas_left", "Kyste 3"] } } };
        MaskOutput output = _folder.Masks with
        {
            Format = MaskFormat.DicomSeg,
            SegmentCodes = [new SegmentCode("kyste*", new CodedTerm("367643001", "SCT", "Cyst")) { Category = new CodedTerm("49755003", "SCT", "Morphologically Abnormal Structure") }],
        };

        string path = _folder.Run(output, model: named)[0].MaskPath!;

        DicomDataset[] segments = [.. DicomImageReader.Parse(path).Dataset.Items(DicomTag.SegmentSequence)];
        Assert.Equal(["85756007 SCT Tissue", "49755003 SCT Morphologically Abnormal Structure"], segments.Select(segment => TermOf(segment, 0x0003)));
        Assert.Equal(["71616004 SCT Muscle", "367643001 SCT Cyst"], segments.Select(segment => TermOf(segment, 0x000F)));
        Assert.Equal("7771000 SCT Left", TermOf(segments[0].Items(new DicomTag(0x0062, 0x000F))[0], 0x0011));
        Assert.Equal(CieLab.Encode(RoiPalette.ColorOf(2)), segments[1].FindUInt16s(new DicomTag(0x0062, 0x000D)));
        OutsideTool.RequireValid(path);
    }

    [Theory]
    [InlineData("psoas", "Muscle", null)]
    [InlineData("Left_Psoas", "Muscle", "Left")]
    [InlineData("M. multifidus right", "Muscle", "Right")]
    [InlineData("erector spinae", "Erector spinae muscle", null)]
    [InlineData("vertebrae_L4", "L4 vertebra", null)]
    [InlineData("T12 vertebra", "T12 vertebra", null)]
    [InlineData("vertebra", "Vertebra", null)]
    [InlineData("spinal-canal", "Vertebral canal", null)]
    [InlineData("subcutaneous fat", "Body fat", null)]
    [InlineData("L4/5", "Tissue", null)]
    public void Names_have_codes(string name, string type, string? side)
    {
        var terms = SegmentTerms.Of(name, []);

        Assert.Equal((type, side), (terms.Type.Meaning, terms.Side?.Meaning));
    }

    [Fact]
    public void Codes_are_those_of_the_dictionary_of_pydicom()
    {
        const string script = """
            import sys
            from pydicom.sr import _concepts_dict as c
            known = {code: meaning for entries in c.concepts['SCT'].values() for code, (meaning, _) in entries.items()}
            print(*(a for a in sys.argv[1:] if a not in known), sep='\n', end='done')
            """;
        string[] codes = [.. SegmentCodeTable.Codes.SelectMany(code => new[] { code.Type, code.Category }).Where(term => !term.Meaning.Contains("vertebra", StringComparison.Ordinal)).Select(term => term.Value).Distinct()];

        // Those of single muscles and vertebrae are from SNOMED CT itself.
        Assert.Equal("68455001done", OutsideTool.Run("/usr/bin/python3", ["-c", script, .. codes]).Trim());
    }

    [Fact]
    public void Frames_become_the_pages_of_a_TIFF_that_other_programs_read()
    {
        string header = "NRRD0005\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 64 32 3\nspace directions: (0.5,0,0) (0,0.75,0) (0,0,4)\nencoding: raw\nspace origin: (10,20,30)\n\n";
        Directory.CreateDirectory(_folder.Scans);
        byte[] voxels = new byte[64 * 32 * 3];
        voxels.AsSpan(64 * 8, 64 * 8).Fill(200);
        voxels.AsSpan(64 * 40, 64 * 9).Fill(200);
        File.WriteAllBytes(Path.Combine(_folder.Scans, "P01.nrrd"), [.. Encoding.ASCII.GetBytes(header), .. voxels]);

        string path = Assert.Single(_folder.Run(_folder.Masks with { Format = MaskFormat.Tiff }).Select(slice => slice.MaskPath!).Distinct());

        Assert.Equal(_folder.PathOf("masks", "P01.tif"), path);
        LabelImage[] pages = [.. MedSeg.Formats.Tiff.TiffLabel.Read(path)];
        Assert.Equal(voxels.Select(value => value > 0 ? 2f : 0f), pages.SelectMany(page => page.Values));
        const string script = """
            import sys, numpy as np
            from PIL import Image
            im = Image.open(sys.argv[1])
            counts = []
            for page in range(im.n_frames):
                im.seek(page)
                a = np.array(im)
                assert im.mode == 'P' and a.shape == (32, 64) and im.getpalette()[3:9] == [0xE6, 0x9F, 0, 0x56, 0xB4, 0xE9], (im.mode, a.shape)
                counts.append(int((a == 2).sum()))
            im.seek(0)
            print(counts, im.tag_v2[282], im.tag_v2[283], im.tag_v2[270].split())
            """;
        string told = OutsideTool.Run("/usr/bin/python3", "-c", script, path);
        Assert.Contains("[512, 576, 0] 2.0 1.333", told, StringComparison.Ordinal);
        Assert.Contains("'images=3', 'slices=3', 'unit=mm', 'spacing=4'", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_slice_of_a_series_has_a_TIFF_of_its_own()
    {
        AddSeries(2);
        List<SegmentedSlice> png = _folder.Run(_folder.Masks);

        List<SegmentedSlice> tiff = _folder.Run(_folder.Masks with { Format = MaskFormat.Tiff });

        Assert.Equal(["s0.tif", "s1.tif"], tiff.Select(slice => Path.GetFileName(slice.MaskPath!)));
        Assert.All(png.Zip(tiff), pair => Assert.Equal(
            MedSeg.Data.Files.LabelReader.Read(pair.First.MaskPath!).Values, MedSeg.Data.Files.LabelReader.Read(pair.Second.MaskPath!).Values));
    }

    private static string TermOf(DicomDataset item, ushort element)
    {
        DicomDataset code = item.Items(new DicomTag(0x0062, element))[0];
        return $"{code.FindText(new DicomTag(0x0008, 0x0100))} {code.FindText(new DicomTag(0x0008, 0x0102))} {code.FindText(new DicomTag(0x0008, 0x0104))}";
    }

    private void AddSeries(int count)
    {
        for (int number = 0; number < count; number++)
        {
            _folder.Add($"s{number}", number, [10 - (0.6 * 4 * number), -20 + (0.8 * 4 * number), 30], [0.8, 0.6, 0, 0, 0, -1]);
        }
    }
}
