using MedSeg.Inventory;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;
using MedSeg.Threading;

namespace MedSeg.Tests.Inventory;

/// <summary>The table of contents of a CD.</summary>
public sealed class DicomDirectoryTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public DicomDirectoryTests()
    {
        _scan.AddSlice("a", new SmallSlice { Number = 0 }).AddSlice("b", new SmallSlice { Number = 1, Z = 3 });
        Directory.CreateDirectory(Path.Combine(_scan.Dicoms, "IMAGES", "st1"));
        File.Move(Path.Combine(_scan.Dicoms, "a.dcm"), Path.Combine(_scan.Dicoms, "IMAGES", "st1", "im1"));
        File.Move(Path.Combine(_scan.Dicoms, "b.dcm"), Path.Combine(_scan.Dicoms, "IMAGES", "st1", "IM2"));
        File.WriteAllBytes(Path.Combine(_scan.Dicoms, "DICOMDIR"), DicomBytes.Part10()
            .Sequence(0x0004, 0x1220, Record("PATIENT", null), Record("IMAGE", @"IMAGES\ST1\IM1"), Record("IMAGE", @"IMAGES\ST1\IM2"), Record("IMAGE", @"IMAGES\ST1\IM3"), Record("IMAGE", @"..\..\etc\passwd"))
            .ToArray());
    }

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData("DICOMDIR")]
    [InlineData(".")]
    public void Its_files_are_listed_in_any_case_and_missing_ones_are_reported(string path)
    {
        var warnings = new List<string>();

        SeriesInfo series = Assert.Single(SeriesInventory.Find([Path.GetFullPath(path, _scan.Dicoms)], events: new EngineEvents { Warning = warnings.Add }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(["im1", "IM2"], series.Files.Select(Path.GetFileName));
        Assert.Contains("2 files do not exist, for example IMAGES/ST1/IM3", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void With_subfolders_each_file_is_listed_once() =>
        Assert.Equal(2, Assert.Single(SeriesInventory.Find([_scan.Dicoms], new InventoryOptions { Recurse = true }, cancellationToken: TestContext.Current.CancellationToken)).Slices);

    private static DicomBytes Record(string kind, string? file)
    {
        DicomBytes record = new DicomBytes().Text(0x0004, 0x1430, "CS", kind);
        return file is null ? record : record.Text(0x0004, 0x1500, "CS", file);
    }
}
