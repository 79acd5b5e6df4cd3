using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Files;

/// <summary>Imports of files as the programs and file systems of labs leave them.</summary>
public sealed class ImportCaseTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData(@"ORIGINAL\PRIMARY\M\ND\MOSAIC", "")]
    [InlineData(@"DERIVED\SECONDARY", "element")]
    [InlineData(@"DERIVED\SECONDARY", "CSA")]
    public void A_mosaic_beside_a_volume_is_refused_by_name(string imageType, string header)
    {
        byte[] count = new DicomBytes().Text(0x0019, 0x0010, "LO", "SIEMENS MR HEADER").UInt16(0x0019, 0x100A, 16).ToArray();
        byte[] csa = [.. "SV10\u0004\u0003\u0002\u0001"u8, .. "NumberOfImagesInMosaic"u8, .. new byte[42 + 20 + 16], .. "16          "u8];
        byte[] afterOrientation = header == "CSA" ? new DicomBytes().Text(0x0029, 0x0010, "LO", "SIEMENS CSA HEADER").Element(0x0029, 0x1010, "OB", csa).ToArray() : [];
        _scan.AddSeries(2, change: (_, slice) => slice with { ImageType = imageType, Extra = header == "element" ? count : [], ExtraOfPixels = afterOrientation }).AddVolume("seg.nii.gz", 2);

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(0, dataset.Count);
        Assert.Equal(["LabelVolumePosition", "LabelVolumePosition"], dataset.Problems.Select(p => p.Code));
        Assert.All(dataset.Problems, p => Assert.Contains("Siemens mosaic", p.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_mask_of_a_whole_mosaic_is_used()
    {
        _scan.AddSlice("S00", new SmallSlice { ImageType = @"ORIGINAL\PRIMARY\MOSAIC" }).AddMask("S00.png", SmallScan.Mask(0));

        Assert.Equal(SmallScan.PixelsOf(0), Assert.Single(_scan.Import().Samples).RoiPixels);
    }

    [Fact]
    public void Files_of_operating_systems_are_no_masks_and_no_images()
    {
        _scan.AddSeries(2).AddMask("S00.png", SmallScan.Mask(0)).AddMask("S01.png", SmallScan.Mask(1));
        byte[] fork = [0, 5, 0x16, 7, 0, 2, 0, 0, .. "Mac OS X        "u8, .. new byte[64]];
        string[] names = ["._S00.png", "._P01.nii.gz", "__MACOSX/S00.png", "Thumbs.db", "@eaDir/S00.png/S00.png", ".ipynb_checkpoints/S00.npy", "desktop.ini"];
        foreach (string name in names)
        {
            SmallScan.Write(Path.Combine(_scan.Labels, name), fork);
            SmallScan.Write(Path.Combine(_scan.Dicoms, name), fork);
        }

        SmallScan.Write(Path.Combine(_scan.Dicoms, "._S00.dcm"), new SmallSlice().ToBytes());
        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(["S00", "S01"], dataset.Samples.Select(s => s.Name));
        Assert.Equal(SmallScan.PixelsOf(1), dataset.Samples[1].RoiPixels);
        Assert.Equal((2 * names.Length) + 1, dataset.PassedOver.Count);
    }

    [Fact]
    public void A_file_of_macOS_beside_a_volume_does_not_make_it_ambiguous()
    {
        _scan.AddSeries().AddVolume("P01.nii.gz");
        SmallScan.Write(Path.Combine(_scan.Labels, "._P01.nii.gz"), new byte[4096]);

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(Enumerable.Range(0, 6).Select(k => SmallScan.PixelsOf(k)[1]), dataset.Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void Slices_that_are_series_of_their_own_are_found_by_position()
    {
        _scan.AddSeries(change: (k, slice) => slice with { Series = $"2.25.30.{k}" }).AddVolume("seg.nii.gz");

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(Enumerable.Range(0, 6).Select(k => SmallScan.PixelsOf(k)), dataset.Samples.Select(s => s.RoiPixels));
    }

    [Theory]
    [InlineData("frame")]
    [InlineData("study")]
    [InlineData("patient")]
    [InlineData("none")]
    [InlineData("orientation")]
    public void Slices_of_several_patients_or_places_are_not_guessed_at(string difference)
    {
        _scan.AddSeries(change: (k, slice) =>
        {
            SmallSlice own = slice with { Series = $"2.25.40.{k % 2}" };
            return difference switch
            {
                "frame" => own with { FrameOfReference = $"2.25.42.{k % 2}" },
                "study" => own with { Study = $"2.25.41.{k % 2}" },
                "patient" => own with { Patient = $"P{k % 2}" },
                "none" => own with { FrameOfReference = "" },
                _ => own with { Orientation = k % 2 == 0 ? slice.Orientation : @"0\1\0\0\0\-1" },
            };
        }).AddVolume("seg.nii.gz");

        Assert.Equal("LabelVolumeAmbiguous", Assert.Single(_scan.Import("A", "B").Problems).Code);
    }

    [Fact]
    public void Water_and_fat_beside_one_volume_have_both_its_labels()
    {
        _scan.AddSeries(3, prefix: "fat", change: (_, slice) => slice with { Series = "2.25.51" })
            .AddSeries(3, prefix: "water", change: (_, slice) => slice with { Series = "2.25.52" }).AddVolume("seg.nii.gz", 3);

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal([165L, 176, 187, 165, 176, 187], dataset.Samples.Select(s => s.RoiPixels[1]));
    }

    [Theory]
    [InlineData(false, "Background", "")]
    [InlineData(true, "Background", "")]
    [InlineData(false, "Luft", "Liver,Spleen")]
    [InlineData(true, "Background", "Liver,Spleen")]
    [InlineData(true, "Background", "Spleen,Liver")]
    public void Segment_0_of_a_label_map_is_background(bool isLast, string name, string labelNames)
    {
        (int, byte[]) background = (0, Encoding.ASCII.GetBytes(name));
        (int, byte[])[] rois = [(1, "Liver"u8.ToArray()), (2, "Spleen"u8.ToArray())];
        _scan.AddSeries(3).AddSegmentation("seg.dcm", [.. Enumerable.Range(0, 3).Select(k => new SmallFrame(3 * k, null, SmallScan.Mask(k)))], isLast ? [.. rois, background] : [background, .. rois], spacing: 3);
        string[] names = labelNames.Length == 0 ? [] : labelNames.Split(',');

        Dataset dataset = _scan.Import(names);

        Assert.Empty(dataset.Problems);
        Assert.Equal(names.Length == 0 ? ["Liver", "Spleen"] : names, dataset.LabelNames);
        int liver = names is ["Spleen", ..] ? 2 : 1;
        Assert.Equal([(165L, 80L), (176L, 72L), (187L, 64L)], dataset.Samples.Select(s => (s.RoiPixels[liver], s.RoiPixels[3 - liver])));
    }

    [Theory]
    [InlineData("B\u00E4cker_01", "Ba\u0308cker_01")]
    [InlineData("Ba\u0308cker_01", "B\u00E4cker_01")]
    [InlineData("\uD55C\uAE00_03", "\u1112\u1161\u11AB\u1100\u1173\u11AF_03")]
    [InlineData("S00", "s00")]
    [InlineData("B\u00C4CKER", "ba\u0308cker")]
    public void Names_that_look_the_same_are_pairs(string image, string mask)
    {
        _scan.AddSlice(image, new SmallSlice()).AddMask(mask + ".png", SmallScan.Mask(0));

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(SmallScan.PixelsOf(0), Assert.Single(dataset.Samples).RoiPixels);
        Assert.Equal(image, dataset.Samples[0].Name);
    }

    [Fact]
    public void Masks_whose_names_look_the_same_are_told()
    {
        _scan.AddSlice("\u00E4", new SmallSlice()).AddMask("\u00E4.png", SmallScan.Mask(0)).AddMask("a\u0308.png", SmallScan.Mask(1));

        Assert.Equal("NameTwice", Assert.Throws<MedSegException>(() => _scan.Import()).ErrorId);
    }

    [Fact]
    public void A_name_in_another_case_is_not_guessed_at_where_several_have_it()
    {
        _scan.AddSlice("s00", new SmallSlice()).AddMask("S00.png", SmallScan.Mask(0)).AddMask("s00_b.png", SmallScan.Mask(0));
        SmallScan.Write(Path.Combine(_scan.Labels, "sub", "S00.png"), []);
        _scan.AddSlice("S00", new SmallSlice { Number = 1 });

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(2, dataset.Samples.Count(s => s.LabelPath is not null && s.ImagePath is null));
        Assert.Equal("S00", Assert.Single(dataset.Samples, s => s.IsUsable).Name);
    }

    [Theory]
    [InlineData("S00_mask.png", "'_mask'")]
    [InlineData("S00-seg.png", "'-seg'")]
    [InlineData("S00.dcm.png", "'.dcm'")]
    [InlineData("s00_0000.npy", "'_0000'")]
    public void A_similar_name_is_suggested_and_the_suffix_pairs_it(string mask, string suffix)
    {
        _scan.AddSlice("S00", new SmallSlice()).AddMask("S01.png", SmallScan.Mask(0)).AddSlice("S01", new SmallSlice { Number = 1 });
        AddMask(mask);

        LabelProblem problem = Assert.Single(_scan.Import().Problems, p => p.Code == "LabelMissing");
        Assert.Contains($"-MaskSuffix {suffix}", problem.Text, StringComparison.Ordinal);
        Assert.Contains(mask, problem.Text, StringComparison.Ordinal);

        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = _scan.Dicoms, LabelPath = _scan.Labels, InputSize = 32, MaskSuffix = suffix.Trim('\'') }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("S00", Assert.Single(dataset.Samples, s => s.IsUsable).Name);
        Assert.Contains(dataset.PassedOver, path => path.EndsWith("S01.png", StringComparison.Ordinal));
    }

    [Fact]
    public void A_suffix_is_suggested_for_volumes_of_single_slices()
    {
        _scan.AddSeries(2).AddVolume("S00_0000.nii.gz", 1).AddVolume("S01_0000.nii.gz", 1);

        Assert.All(_scan.Import("A", "B").Problems, p => Assert.Contains("-MaskSuffix '_0000'", p.Text, StringComparison.Ordinal));

        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = _scan.Dicoms, LabelPath = _scan.Labels, InputSize = 32, MaskSuffix = "_0000" }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("S00", Assert.Single(dataset.Samples, s => s.IsUsable).Name);
    }

    [Fact]
    public void A_shorter_name_is_suggested()
    {
        _scan.AddSlice("S00_0000", new SmallSlice()).AddMask("S00.png", SmallScan.Mask(0)).AddSlice("S01", new SmallSlice { Number = 1 }).AddMask("S01.png", SmallScan.Mask(0));

        Dataset dataset = _scan.Import();

        Assert.Contains("S00.png", Assert.Single(dataset.Problems, p => p.Code == "LabelMissing").Advice, StringComparison.Ordinal);
        Assert.Contains("S00_0000.dcm", Assert.Single(dataset.Problems, p => p.Code == "ImageMissing").Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Spacings_with_decimal_commas_are_read_and_others_are_told()
    {
        _scan.AddSlice("S00", new SmallSlice { Spacing = @"0,8\0,7" }).AddMask("S00.png", SmallScan.Mask(0))
            .AddSlice("S01", new SmallSlice { Number = 1, Spacing = @"0,8\0,7" }).AddMask("S01.png", SmallScan.Mask(1))
            .AddSlice("S02", new SmallSlice { Number = 2, Spacing = "0.5,0.5" }).AddMask("S02.png", SmallScan.Mask(2));

        Dataset dataset = _scan.Import();

        Assert.Equal([new PixelSpacing(0.8, 0.7), new PixelSpacing(0.8, 0.7), null], dataset.Samples.Select(s => s.Spacing));
        Assert.Equal([ErrorIds.SpacingUnclear, ErrorIds.SpacingUnclear], dataset.Problems.Select(p => p.Code));
        Assert.Contains(@"'0,8\0,7'", dataset.Problems.First().Message, StringComparison.Ordinal);
        Assert.Contains("1 other slice", dataset.Problems.First().Message, StringComparison.Ordinal);
        Assert.Contains("'0.5,0.5'", dataset.Problems.Last().Message, StringComparison.Ordinal);
    }

    private void AddMask(string name)
    {
        if (name.EndsWith(".png", StringComparison.Ordinal))
        {
            _scan.AddMask(name, SmallScan.Mask(0));
            return;
        }

        using var stream = new MemoryStream();
        NpyFile.Write(stream, SmallScan.Rows, SmallScan.Columns, SmallScan.Mask(0));
        SmallScan.Write(Path.Combine(_scan.Labels, name), stream.ToArray());
    }
}
