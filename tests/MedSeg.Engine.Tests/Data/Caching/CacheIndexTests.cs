using MedSeg.Data.Caching;
using MedSeg.Data.Samples;

namespace MedSeg.Tests.Data.Caching;

public static class CacheIndexTests
{
    [Fact]
    public static void Frames_of_an_earlier_build_get_their_present_names()
    {
        CacheIndex index = Index(("scan#01", "/images/scan.dcm"), ("scan#02", "/images/scan.dcm"), ("other_f1", "/images/other.dcm"), ("other_f2", "/images/other.dcm"));

        Assert.Equal(["scan_f01", "scan_f02", "other_f1", "other_f2"], NamesOf(index.WithFrameNames(CancellationToken.None)));
    }

    [Fact]
    public static void A_single_image_keeps_the_hash_in_its_name() =>
        Assert.Equal(["scan#1", "scan#2"], NamesOf(Index(("scan#1", "/images/scan#1.dcm"), ("scan#2", "/images/scan#2.dcm")).WithFrameNames(CancellationToken.None)));

    private static IEnumerable<string> NamesOf(CacheIndex index) => index.Entries.SelectMany(entry => entry.Samples).Select(sample => sample.Name);

    private static CacheIndex Index(params (string Name, string Path)[] samples) => new()
    {
        DicomPath = "/images",
        LabelPath = "/labels",
        Entries =
        [
            new CacheEntry
            {
                Name = "scan",
                Files = [],
                RoiCount = 1,
                Samples = [.. samples.Select(sample => SampleOf(sample.Name, sample.Path))],
                Places = [.. samples.Select(_ => (CacheRecordRef?)null)],
            },
        ],
    };

    private static Sample SampleOf(string name, string path) =>
        new() { Name = name, ImagePath = path, LabelPath = "/labels/scan.npy", Patient = "1", Rows = 2, Columns = 2, Values = [], Problems = [] };
}
