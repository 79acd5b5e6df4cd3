using MedSeg.Data;
using MedSeg.Data.Samples;

namespace MedSeg.Tests.Durability;

/// <summary>An import with a disk cache. After an interruption the files are imported again, with what is left of the cache.</summary>
/// <param name="options">What to import.</param>
/// <param name="reference">The same data without a cache.</param>
internal sealed class CacheCase(DatasetOptions options, Dataset reference) : CrashCase
{
    public override string Name => "import with a disk cache";

    public override void Run(string folder) => Import(folder);

    public override void Check(string folder)
    {
        Dataset dataset = Import(folder);

        Assert.Equal(reference.Samples.Select(sample => sample.Name), dataset.Samples.Select(sample => sample.Name));
        for (int i = 0; i < dataset.Samples.Count; i++)
        {
            using RentedSlice expected = reference.Samples[i].Pixels!.Open();
            using RentedSlice found = dataset.Samples[i].Pixels!.Open();
            Assert.True(expected.Image.AsSpan(0, expected.Image.Length).SequenceEqual(found.Image), "The intensities are others.");
            Assert.True(expected.Roi.AsSpan().SequenceEqual(found.Roi), "The ROIs are others.");
        }
    }

    private Dataset Import(string folder) => DatasetImporter.Import(options with { Cache = DatasetCache.Disk, CachePath = folder });
}
