using MedSeg.Data.Samples;
using MedSeg.Data.Files;
using MedSeg.Inventory;
using MedSeg.Tests.Data.Channels;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inventory;

/// <summary>The inventory of series in folders of any layout.</summary>
public sealed class SeriesInventoryTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Slices_of_a_series_are_one_object_wherever_their_files_are()
    {
        Add("a/x1", new SmallSlice { Number = 2, Z = 8, Description = "T2 tra" });
        Add("b/c/x2", new SmallSlice { Number = 0, Z = 0, Description = "T2 tra" });
        Add("x3", new SmallSlice { Number = 1, Z = 4, Description = "T2 tra" });
        Add("other", new SmallSlice { Number = 1, Series = "2.25.11", Description = "T1", Orientation = @"0\1\0\0\0\-1" });

        SeriesInfo[] series = Find();

        Assert.Equal(["T2 tra", "T1"], series.OrderBy(s => s.SeriesUid).Select(s => s.Description));
        SeriesInfo first = series.Single(s => s.Description == "T2 tra");
        Assert.Equal((3, 0, 4.0, 3.0, "P01", "MR"), (first.Slices, first.Gaps, first.SliceDistance, first.Thickness, first.Patient, first.Modality));
        Assert.Equal(["b/c/x2.dcm", "x3.dcm", "a/x1.dcm"], first.Files.Select(file => Path.GetRelativePath(_scan.Dicoms, file).Replace('\\', '/')));
        Assert.Equal((SmallScan.Rows, SmallScan.Columns, 0.8, 0.7), (first.Rows, first.Columns, first.PixelSpacing!.Value.Row, first.PixelSpacing.Value.Column));
        Assert.Equal((SliceOrientation.Axial, SliceOrientation.Sagittal), (first.Orientation, series.Single(s => s.Description == "T1").Orientation));
        Assert.Null(first.Problem);
        Assert.Equal("Explicit VR Little Endian", first.TransferSyntax);
    }

    [Fact]
    public void Subfolders_are_searched_on_request()
    {
        Add("top", new SmallSlice());
        Add("sub/below", new SmallSlice { Number = 1, Z = 3 });

        Assert.Equal(1, Assert.Single(SeriesInventory.Find([_scan.Dicoms], cancellationToken: TestContext.Current.CancellationToken)).Slices);
        Assert.Equal(2, Assert.Single(Find()).Slices);
    }

    [Theory]
    [InlineData(@"1\0\0\0\1\0", SliceOrientation.Axial)]
    [InlineData(@"1\0\0\0\0\-1", SliceOrientation.Coronal)]
    [InlineData(@"0\1\0\0\0\-1", SliceOrientation.Sagittal)]
    [InlineData(@"1\0\0\0\0.88\0.475", SliceOrientation.Axial)]
    [InlineData(@"1\0\0\0\0.8\0.6", SliceOrientation.Oblique)]
    public void Orientation_allows_for_a_tilt_of_30_degrees(string cosines, SliceOrientation expected)
    {
        Add("s", new SmallSlice { Orientation = cosines });

        Assert.Equal(expected, Assert.Single(Find()).Orientation);
    }

    [Fact]
    public void Missing_and_repeated_slices_are_counted()
    {
        foreach ((int number, double z) in ((int, double)[])[(0, 0), (1, 3), (2, 6), (3, 15), (4, 18), (5, 18)])
        {
            Add($"s{number}", new SmallSlice { Number = number, Z = z });
        }

        SeriesInfo series = Assert.Single(Find());

        Assert.Equal((6, 2, 3.0), (series.Slices, series.Gaps, series.SliceDistance));
        Assert.Equal("1 slice is at the position of another; 2 slices are missing", series.Problem);
    }

    [Theory]
    [InlineData(@"ORIGINAL\PRIMARY\M\ND\MOSAIC", false)]
    [InlineData(@"DERIVED\SECONDARY", true)]
    public void A_mosaic_says_what_hinders_its_use(string imageType, bool hasElement)
    {
        byte[] count = hasElement ? new DicomBytes().Text(0x0019, 0x0010, "LO", "SIEMENS MR HEADER").UInt16(0x0019, 0x100A, 16).ToArray() : [];
        Add("a", new SmallSlice { ImageType = imageType, Extra = count });
        Add("b", new SmallSlice { Number = 1, Z = 3, ImageType = imageType, Extra = count });

        Assert.Equal("Each image is a Siemens mosaic of several slices", Assert.Single(Find()).Problem);
    }

    [Fact]
    public void Frames_of_several_kinds_need_channels()
    {
        Save("a.dcm", FrameScan.File([(0, FrameScan.BValue(0)), (1, FrameScan.BValue(0)), (0, FrameScan.BValue(800)), (1, FrameScan.BValue(800))]));

        SeriesInfo series = Assert.Single(Find());

        Assert.Equal((ChannelKind.Mixed, "The frames are of several kinds, such as water and fat, which need -Channel"), (series.Kind, series.Problem));
    }

    [Fact]
    public void A_localizer_is_mixed()
    {
        Add("a", new SmallSlice());
        Add("b", new SmallSlice { Number = 1, Orientation = @"0\1\0\0\0\-1" });

        SeriesInfo series = Assert.Single(Find());

        Assert.Equal((SliceOrientation.Mixed, "The slices have several directions"), (series.Orientation, series.Problem));
        Assert.Null(series.Gaps);
    }

    [Fact]
    public void Water_and_fat_in_one_series_are_two_objects()
    {
        for (int k = 0; k < 3; k++)
        {
            Add($"w{k}", new SmallSlice { Number = k, Z = 3 * k, ImageType = @"DERIVED\PRIMARY\W\W\DERIVED" });
            Add($"f{k}", new SmallSlice { Number = k, Z = 3 * k, ImageType = @"DERIVED\PRIMARY\F\F\DERIVED" });
        }

        SeriesInfo[] series = Find();

        Assert.Equal([(ChannelKind.Water, 3, null), (ChannelKind.Fat, 3, (string?)null)], series.OrderBy(s => s.Kind).Select(s => (s.Kind, s.Slices, s.Problem)));
    }

    [Theory]
    [InlineData(@"DERIVED\PRIMARY\DIXON\WATER", "", ChannelKind.Water)]
    [InlineData(@"ORIGINAL\PRIMARY\M\OPP_PHASE", "", ChannelKind.OpposedPhase)]
    [InlineData(@"ORIGINAL\PRIMARY\M\ND\NORM", "t1_vibe_dixon_tra_F", ChannelKind.Fat)]
    [InlineData(@"ORIGINAL\PRIMARY\M\ND\NORM", "t2_tse_fat", ChannelKind.Magnitude)]
    [InlineData(@"ORIGINAL\PRIMARY\P\ND", "", ChannelKind.Phase)]
    [InlineData(@"ORIGINAL\PRIMARY\PHASE MAP\P\FFE", "", ChannelKind.Phase)]
    [InlineData(@"DERIVED\PRIMARY\FF\FF", "", ChannelKind.FatFraction)]
    [InlineData(@"ORIGINAL\PRIMARY", "", ChannelKind.Unknown)]
    [InlineData(@"W\F", "", ChannelKind.Unknown)]
    public void Kind_is_that_of_the_image_type(string type, string description, ChannelKind expected)
    {
        Add("s", new SmallSlice { ImageType = type, Description = description });

        Assert.Equal(expected, Assert.Single(Find()).Kind);
    }

    [Fact]
    public void Slices_that_are_series_of_their_own_are_one_object()
    {
        for (int k = 0; k < 4; k++)
        {
            Add($"s{k}", new SmallSlice { Number = k, Z = 3 * k, Series = $"2.25.10{k}", Description = "T2" });
        }

        SeriesInfo series = Assert.Single(Find());

        Assert.Equal((4, 0, null, 3.0), (series.Slices, series.Gaps, series.SeriesUid, series.SliceDistance));
    }

    [Fact]
    public void Damaged_files_and_unsupported_ones_state_their_problem()
    {
        byte[] whole = new SmallSlice().ToBytes();
        Save("cut.dcm", whole[..^100]);
        Save("header.dcm", whole[..400]);
        Save("video.dcm", Replace(new SmallSlice { Series = "2.25.12" }.ToBytes(), "1.2.840.10008.1.2.1\0", "1.2.840.10008.1.2.9\0"));
        Add("nospacing", new SmallSlice { Series = "2.25.13", Spacing = "" });

        Dictionary<string, SeriesInfo> series = Find().ToDictionary(s => Path.GetFileNameWithoutExtension(s.Files[0]));

        Assert.StartsWith("The file is truncated", series["cut"].Problem, StringComparison.Ordinal);
        Assert.Equal(0, series["header"].Slices);
        Assert.NotNull(series["header"].Problem);
        Assert.StartsWith("The transfer syntax private or unknown", series["video"].Problem, StringComparison.Ordinal);
        Assert.Equal("The pixel spacing is missing", series["nospacing"].Problem);
    }

    [Fact]
    public void Only_images_and_volumes_are_listed()
    {
        Add("s", new SmallSlice());
        Save("notes.txt", "no image"u8.ToArray());
        Save("Thumbs.db", new SmallSlice { Series = "2.25.14" }.ToBytes());
        Save("report.dcm", DicomBytes.Part10().Text(0x0008, 0x0060, "CS", "SR").ToArray());
        _scan.AddSegmentation("../dicoms/seg.dcm", [new SmallFrame(0, 1, SmallScan.Mask(0), null)], [(1, "A"u8.ToArray())]);
        var decisions = new List<string>();

        SeriesInfo series = Assert.Single(SeriesInventory.Find([_scan.Dicoms], new InventoryOptions { Recurse = true }, new EngineEvents { Decision = decisions.Add }, TestContext.Current.CancellationToken));

        Assert.Equal("s.dcm", Path.GetFileName(series.Files[0]));
        Assert.Contains("3 files are skipped", Assert.Single(decisions), StringComparison.Ordinal);
    }

    [Fact]
    public void Volumes_are_listed_too()
    {
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 0), [new(0.7, 0, 0), new(0, 0.8, 0), new(0, 0, 3)], [32, 40, 6]);
        Save("sub-01_dixon_water.nii", [.. header, .. new byte[32 * 40 * 6]]);
        Save("bad.nii", [.. header[..100]]);

        Dictionary<string, SeriesInfo> series = Find().ToDictionary(s => s.Description);

        SeriesInfo volume = series["sub-01_dixon_water"];
        Assert.Equal(("sub-01", ChannelKind.Water, SliceOrientation.Axial, 6, 3.0, "NIfTI"), (volume.Patient, volume.Kind, volume.Orientation, volume.Slices, volume.SliceDistance, volume.Format));
        Assert.Null(volume.Problem);
        Assert.Equal(0, series["bad"].Slices);
        Assert.NotNull(series["bad"].Problem);
    }

    [Fact]
    public void Hash_of_the_patient_is_that_of_the_data_set()
    {
        _scan.AddSeries().AddVolume("S.nii.gz");

        SeriesInfo series = Assert.Single(SeriesInventory.Find([_scan.Dicoms], new InventoryOptions { HashPatient = true }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.DoesNotContain("P01", series.Patient, StringComparison.Ordinal);
        Assert.Equal(_scan.Import("A", "B").Samples[0].Patient, series.Patient);
    }

    [Fact]
    public void Images_of_series_are_imported_with_masks_of_another_folder()
    {
        _scan.AddSeries(prefix: "P01/t2/S");
        for (int k = 0; k < 6; k++)
        {
            Add($"P01/t1/S{k:00}", new SmallSlice { Number = k, Z = 3 * k, Series = "2.25.15" });
        }

        _scan.AddVolume("P01.nii.gz");
        IReadOnlyList<SeriesInfo> series = [.. Find().Where(s => s.SeriesUid == SmallSlice.SeriesUid)];

        DatasetFolder folder = SeriesInventory.ToFolder(series, _scan.Labels);
        MedSeg.Data.Dataset dataset = MedSeg.Data.DatasetImporter.Import(new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, ImagePaths = folder.ImagePaths, InputSize = 32, LabelNames = ["A", "B"] }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 6).Select(k => $"P01/t2/S{k:00}"), dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(6, dataset.Count);
        Assert.Equal(SmallScan.PixelsOf(2), dataset.Samples[2].RoiPixels);
    }

    [Fact]
    public void Headers_that_are_longer_than_the_first_bytes_are_read()
    {
        Add("s", new SmallSlice { ExtraOfPixels = new DicomBytes().Element(0x0029, 0x1010, "OB", new byte[200_000]).ToArray() });

        SeriesInfo series = Assert.Single(Find());

        Assert.Equal((1, null), (series.Slices, series.Problem));
    }

    [Fact]
    public void Search_is_stopped()
    {
        _scan.AddSeries();

        Assert.Throws<OperationCanceledException>(() => SeriesInventory.Find([_scan.Dicoms], cancellationToken: new CancellationToken(canceled: true)));
    }

    private SeriesInfo[] Find() => [.. SeriesInventory.Find([_scan.Dicoms], new InventoryOptions { Recurse = true }, cancellationToken: TestContext.Current.CancellationToken)];

    private void Add(string name, SmallSlice slice) => _scan.AddSlice(name, slice);

    private void Save(string name, byte[] content) => SmallScan.Write(Path.Combine(_scan.Dicoms, name), content);

    private static byte[] Replace(byte[] bytes, string old, string now)
    {
        int at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(old));
        System.Text.Encoding.ASCII.GetBytes(now).CopyTo(bytes, at);
        return bytes;
    }
}
