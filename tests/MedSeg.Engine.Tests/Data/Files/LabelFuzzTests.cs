using MedSeg.Data.Files;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Formats.Png;
using MedSeg.Tests.Fuzzing;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Data.Files;

/// <summary>For any content, reading a mask ends soon, uses little memory, and returns labels or throws the one error that gives the reason.</summary>
public sealed class LabelFuzzTests
{
    private const string FilePath = "/data/mask";
    private const long Room = 4 << 20;

    private static readonly int s_runs = FuzzTarget.Runs(3000);

    private static readonly LabelMapping s_map = new() { Colors = new Dictionary<RgbColor, int> { [new(255, 0, 0)] = 1 } };

    // The name's pattern, and the bytes that may be allocated for each byte of the file: values are 4 bytes; deflate
    // expands by 1032, LZW by about 2600, JPEG to 1024 pixels; CCITT makes a row of any width out of a bit.
    public static TheoryData<string, long> Formats => new()
    {
        { "*.npy", 128 },
        { "*.png", 40_000 },
        { "*.jpg", 20_000 },
        { "*.tif", 400_000 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Mutated_files_are_read_or_refused(string pattern, long bytesPerByte)
    {
        var target = new FuzzTarget(FilePath, file => Room + (bytesPerByte * file.Length), Read);
        var random = new Random(30);
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
        foreach (LabelImage image in TiffLabel.IsTiff(file) ? TiffLabel.Decode(file, FilePath, s_map).Pages : [LabelReader.Decode(file, FilePath, s_map)])
        {
            Assert.Equal(image.Rows * image.Columns, image.Values.Length);
        }
    }
}
