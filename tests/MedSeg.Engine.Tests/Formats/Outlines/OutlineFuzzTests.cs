using MedSeg.Formats.ImageJ;
using MedSeg.Formats.LabelTables;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;
using MedSeg.Tests.Formats.ImageJ;
using MedSeg.Tests.Fuzzing;

namespace MedSeg.Tests.Formats.Outlines;

/// <summary>Whatever a file of outlines holds, it ends soon, with little memory, in shapes or in the one error that says why not.</summary>
public sealed class OutlineFuzzTests
{
    private const string FilePath = "/data/outlines";

    private static readonly int s_runs = FuzzTarget.Runs(3000);

    [Fact]
    public void Mutated_ROIs_of_ImageJ_are_read_or_refused() =>
        Run([.. Directory.GetFiles(ImageJData.Folder, "*.roi").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)], 6000, ReadImageJ);

    [Fact]
    public void Mutated_archives_are_read_or_refused() =>
        Run([File.ReadAllBytes(ImageJData.PathOf("RoiSet.zip"))], 6000, ReadImageJ);

    [Fact]
    public void Mutated_LabelMe_files_are_read_or_refused() =>
        Run(["""{"imageHeight":20,"imageWidth":30,"shapes":[{"label":"disc","points":[[2.0,3.0],[7.0,3.0],[7.0,9.0]],"shape_type":"polygon"},{"label":"psoas","points":[[20.0,12.0],[10.0,5.0]],"shape_type":"rectangle"}]}"""u8.ToArray()], 2000, file => Draw(LabelMeFile.Decode(file, FilePath)));

    [Fact]
    public void Mutated_COCO_files_are_read_or_refused() =>
        Run([File.ReadAllBytes(Path.Combine(OutlineFileTests.Folder, "coco.json"))], 2000, file =>
        {
            var coco = CocoFile.Decode(file, FilePath);
            foreach (string image in coco.Images)
            {
                Draw(coco.OutlinesOf(image));
            }
        });

    [Fact]
    public void Mutated_tables_have_entries_or_are_none()
    {
        byte[][] seeds = [LabelTable.ToItkSnap(["psoas left", "disc"]), LabelTable.ToSlicer(["psoas left", "disc"])];
        var random = new Random(41);
        for (int run = 0; run < s_runs; run++)
        {
            byte[] file = FileMutator.Mutate(seeds[run % 2], seeds[random.Next(2)], random);
            Assert.All(LabelTable.Decode(file, run % 2 == 0 ? "a.label" : "a.ctbl") ?? [], entry => Assert.True(entry.Name.Length is > 0 and <= 64 && entry.Value >= 0));
        }
    }

    internal static void ReadImageJ(byte[] file) => Draw(ImageJRoiSet.Decode(file, FilePath));

    // Flattened curves have many more points than the file, and filling needs memory for the image.
    private static void Run(byte[][] seeds, long bytesPerByte, Action<byte[]> read)
    {
        var target = new FuzzTarget(FilePath, file => (8 << 20) + (bytesPerByte * file.Length), read);
        var random = new Random(40);
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            refused += target.IsRefused(FileMutator.Mutate(seeds[run % seeds.Length], seeds[random.Next(seeds.Length)], random), $"run {run}") ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 20, s_runs);
    }

    private static void Draw(OutlineSet set)
    {
        foreach (Outline outline in set.Outlines)
        {
            Assert.InRange(outline.Label.Length, 1, 64);
            _ = outline.TryFill(40, 48, new int[40 * 48]);
        }
    }
}
