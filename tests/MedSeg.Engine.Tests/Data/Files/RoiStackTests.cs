using System.Buffers.Binary;
using System.IO.Compression;
using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Files;

/// <summary>A set of ROIs of ImageJ that was drawn on the stack of a series of files.</summary>
public sealed class RoiStackTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData("P01", "RoiSet.zip")]
    [InlineData("P01", "P01.zip")]
    [InlineData("P01_S", "P01.zip")]
    [InlineData("P01/S", "P01.zip")]
    public void Each_file_of_a_series_gets_the_ROIs_of_its_slice(string prefix, string set)
    {
        AddSeries(prefix, 12);
        Save(set, ("disc", 1, 5), ("psoas", 1, 3), ("psoas", 2, 4), ("psoas", 12, 6));

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(["disc", "psoas"], dataset.LabelNames);

        // Images are numbered from the last name to the first.
        Sample[] byName = [.. dataset.Samples.OrderBy(sample => sample.Name, StringComparer.Ordinal)];
        Assert.Equal(Enumerable.Range(0, 12).Select(k => $"{prefix}{k:00}"), byName.Select(sample => sample.Name));
        Assert.Equal([50L, 0], [byName[11].RoiPixels[1], byName[10].RoiPixels[1]]);
        Assert.Equal([30L, 40, 60, 0], [byName[11].RoiPixels[2], byName[10].RoiPixels[2], byName[0].RoiPixels[2], byName[1].RoiPixels[2]]);
    }

    [Fact]
    public void Pictures_are_numbered_by_the_numbers_in_their_names()
    {
        foreach (int k in (int[])[1, 2, 9, 10])
        {
            using var png = new MemoryStream();
            PngEncoder.WriteGrey8(png, SmallScan.Rows, SmallScan.Columns, [.. Enumerable.Range(0, SmallScan.Rows * SmallScan.Columns).Select(i => (byte)(i % 200))]);
            SmallScan.Write(Path.Combine(_scan.Dicoms, "P01", $"slice{k}.png"), png.ToArray());
        }

        Save("P01.zip", ("psoas", 3, 5), ("psoas", 4, 7));

        Dataset dataset = _scan.Import();

        Assert.Equal([("P01/slice1", 0L), ("P01/slice10", 70), ("P01/slice2", 0), ("P01/slice9", 50)], dataset.Samples.OrderBy(sample => sample.Name, StringComparer.Ordinal).Select(sample => (sample.Name, sample.RoiPixels[1])));
    }

    [Fact]
    public void A_table_may_have_a_folder_and_its_ROIs()
    {
        AddSeries("A/S", 2);
        Save("x.zip", ("psoas", 2, 4));
        string table = Path.Combine(_scan.Folder, "pairs.csv");
        File.WriteAllText(table, "image,mask\ndicoms/A,labels/x.zip\n");

        var folder = DatasetFolder.OfTable(table);
        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Pairs = folder.Pairs, InputSize = 32 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(dataset.Problems);
        Assert.Equal([40L, 0], dataset.Samples.OrderBy(sample => sample.Name, StringComparer.Ordinal).Select(sample => sample.RoiPixels[1]));
    }

    [Theory]
    [InlineData(3, "'psoas' was drawn on slice 3, but the image has 2 slices")]
    [InlineData(0, "'psoas' does not state its slice")]
    public void ROIs_that_fit_no_slice_are_told_once(int slice, string finding)
    {
        AddSeries("P01_S", 2);
        Save("P01.zip", ("psoas", slice, 4));

        LabelProblem problem = Assert.Single(_scan.Import().Problems);

        Assert.Equal(ErrorIds.LabelFrames, problem.Code);
        Assert.Contains(finding, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_series_are_not_numbered_together()
    {
        AddSeries("P01_S", 2);
        _scan.AddSeries(2, prefix: "P01_T", change: (_, slice) => slice with { Series = "2.25.11" });
        Save("P01.zip", ("psoas", 1, 4));

        LabelProblem problem = Assert.Single(_scan.Import().Problems);

        Assert.Equal(ErrorIds.LabelVolumeAmbiguous, problem.Code);
        Assert.Contains("2 series", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ROI_whose_image_is_missing_is_not_that_of_another_image()
    {
        AddSeries("S", 3);
        Save("S00.zip", ("psoas", 0, 4));
        Save("S07.zip", ("psoas", 0, 4));

        Dataset dataset = _scan.Import();

        Assert.Equal("S00", Assert.Single(dataset.Samples, sample => sample.IsUsable).Name);
        Assert.Equal([ErrorIds.ImageMissing, ErrorIds.LabelMissing, ErrorIds.LabelMissing], dataset.Problems.Select(problem => problem.Code).Order(StringComparer.Ordinal));
    }

    private void AddSeries(string prefix, int count) =>
        _scan.AddSeries(count, prefix: prefix, change: (k, slice) => slice with { Extra = new DicomBytes().Text(0x0020, 0x0013, "IS", $"{count - k}").ToArray() });

    // Rectangles of 10 columns.
    private void Save(string name, params (string Name, int Slice, int Rows)[] rois)
    {
        Directory.CreateDirectory(_scan.Labels);
        using ZipArchive archive = ZipFile.Open(Path.Combine(_scan.Labels, name), ZipArchiveMode.Create);
        foreach ((int i, (string label, int slice, int rows)) in rois.Select((roi, i) => (i, roi)))
        {
            byte[] roi = new byte[128];
            "Iout"u8.CopyTo(roi);
            BinaryPrimitives.WriteInt16BigEndian(roi.AsSpan(4), 227);
            roi[6] = 1;
            int top = label == "disc" ? 20 : 2;
            foreach ((int at, int value) in ((int, int)[])[(8, top), (10, 3), (12, top + rows), (14, 13)])
            {
                BinaryPrimitives.WriteInt16BigEndian(roi.AsSpan(at), (short)value);
            }

            BinaryPrimitives.WriteInt32BigEndian(roi.AsSpan(56), slice);
            using Stream entry = archive.CreateEntry($"{i}/{label}.roi").Open();
            entry.Write(roi);
        }
    }
}
