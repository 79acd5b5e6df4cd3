using MedSeg.Data.Files;
using MedSeg.Tests.Formats.Png;
using MedSeg.Tests.Fuzzing;
using MedSeg.Tests.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>For any content, reading a picture as an image ends soon, uses little memory, and returns pixels or throws the one error that gives the reason.</summary>
public sealed class PictureFuzzTests
{
    private const string FilePath = "/data/picture";
    private const long Room = 4 << 20;

    private static readonly int s_runs = FuzzTarget.Runs(3000);

    // As for masks of the same formats.
    [Theory]
    [InlineData("*.npy", 128)]
    [InlineData("*.png", 40_000)]
    [InlineData("*.tif", 400_000)]
    public void Mutated_files_are_read_or_refused(string pattern, long bytesPerByte)
    {
        var target = new FuzzTarget(FilePath, file => Room + (bytesPerByte * file.Length), Read);
        var random = new Random(31);
        (string Name, byte[] File)[] seeds = [.. Directory.GetFiles(ImagingData.Folder, pattern).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))).Where(seed => seed.Item2.Length < 5000)];
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            (string name, byte[] file) = seeds[run % seeds.Length];
            byte[] mutated = FileMutator.Mutate(file, seeds[random.Next(seeds.Length)].File, random);
            if (run % 2 == 0)
            {
                PngRepair.Apply(mutated);
            }

            refused += target.IsRefused(mutated, $"run {run} of {name}") ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 10, s_runs);
    }

    private static void Read(byte[] file)
    {
        foreach (ImageSlice slice in PictureFile.Decode(file, FilePath, spacing: null))
        {
            Assert.Equal(slice.Rows * slice.Columns, slice.Pixels.Length);
        }
    }
}
