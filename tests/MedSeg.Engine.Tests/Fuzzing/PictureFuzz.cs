using MedSeg.Tests.Formats.Png;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Fuzzing;

/// <summary>Reads mutated PNG, JPEG, TIFF and .npy files.</summary>
internal static class PictureFuzz
{
    private const long Room = 4 << 20;

    private static readonly int s_runs = FuzzTarget.Runs(3000);

    /// <summary>Asserts that each file is read or refused within the limits, and that at least a tenth of them is refused.</summary>
    /// <param name="pattern">The pattern of the names of the files to mutate.</param>
    /// <param name="bytesPerByte">The bytes that may be allocated for each byte of a file.</param>
    /// <param name="filePath">The path that errors must name.</param>
    /// <param name="seed">Seeds the mutations.</param>
    /// <param name="read">Reads a file.</param>
    public static void Run(string pattern, long bytesPerByte, string filePath, int seed, Action<byte[]> read)
    {
        var target = new FuzzTarget(filePath, file => Room + (bytesPerByte * file.Length), read);
        var random = new Random(seed);
        (string Name, byte[] File)[] seeds = [.. Directory.GetFiles(ImagingData.Folder, pattern).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))).Where(file => file.Item2.Length < 5000)];
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
}
