using System.Text;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom.Parsing;
using MedSeg.Files;
using MedSeg.Inventory;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Fuzzing;

namespace MedSeg.Tests.Inventory;

/// <summary>Mutated headers and tables are described or refused, with little time and memory.</summary>
public sealed class HeaderFuzzTests
{
    private const string FilePath = "/data/file";
    private static readonly int s_runs = FuzzTarget.Runs(3000);

    [Fact]
    public void Mutated_DICOM_headers_are_described_or_refused()
    {
        var target = new FuzzTarget(FilePath, file => (64L << 20) + (4096L * file.Length), ReadHeader);

        Assert.InRange(Mutations([.. DicomFuzzSeeds.All.Values], new Random(50), target), s_runs / 20, s_runs);
    }

    [Fact]
    public void Mutated_tables_are_read_or_refused()
    {
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes("image,mask,patient\n\"a, b\",c,\"d \"\"e\"\"\"\nf,g,h\n"),
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("image\tmask\r\na\tb\r\n")],
            Encoding.Latin1.GetBytes("sep=;\nimage;mask\n\u00e4;b\n"),
        ];
        var target = new FuzzTarget(FilePath, file => (1L << 20) + (4096L * file.Length), file =>
        {
            var table = CsvTable.Parse(file, FilePath);
            Assert.All(table.Rows, row => Assert.True(row.Line > 0));
        });

        Assert.InRange(Mutations(seeds, new Random(51), target), s_runs / 50, s_runs);
    }

    [Fact]
    public void Mutated_tables_of_pairs_are_read_or_refused()
    {
        var target = new FuzzTarget(FilePath, file => (1L << 20) + (4096L * file.Length), ReadPairs);

        Assert.InRange(Mutations(PairSeeds, new Random(52), target), s_runs / 50, s_runs);
    }

    internal static byte[][] PairSeeds { get; } =
    [
        Encoding.UTF8.GetBytes("image,mask,patient,group,fold\nscans/P01.nii,masks/P01.nii,P01,A,1\nscans/P02.nii,masks/P02.nii,P02,B,2\n"),
        Encoding.UTF8.GetBytes("\"w\"\tf\tmask\tfold\r\n\"a\"\"b.dcm\"\tc.dcm\td.png\t1\r\n\r\n../e.dcm\tg\\h.dcm\t/i.png\t1\r\n"),
        [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("Image;Mask;w;f;Fold\n/data/a.dcm;/data/b.npy;c;d;1\n")],
        Encoding.Latin1.GetBytes("sep=;\nscan;seg;subject;site;fold\n\u00e4.mha;b.mha;c;d;10\n\u00f6;b.mha;c;d;2\n"),
    ];

    internal static void ReadPairs(byte[] file)
    {
        var table = CsvTable.Parse(file, FilePath);
        bool isOfChannels = table.Find("w") >= 0;
        IReadOnlyList<ImagePair> pairs = PairTable.Of(table, isOfChannels ? [new("water", "w"), new("fat", "f")] : table.Find("group") >= 0 ? [new("b0", "DiffusionBValue=0"), new("b800", "DiffusionBValue=800")] : []);
        Assert.Equal(table.Rows.Count, pairs.Count);
        Assert.All(pairs, pair => Assert.True(pair.Name.Length > 0 && Path.IsPathFullyQualified(pair.ImagePath) && Path.IsPathFullyQualified(pair.LabelPath)));
        Assert.All(pairs, pair => Assert.Equal(isOfChannels ? 2 : 0, pair.ChannelPaths.Count));
        if (table.Find("fold") >= 0)
        {
            Assert.All(PairTable.FoldsOf(table).Values, fold => Assert.True(fold > 0));
        }
    }

    internal static void ReadHeader(byte[] file)
    {
        if (DicomScan.Describe(FilePath, DicomFile.ParseHeader(new DicomSource(FilePath, file)), file.Length) is { } scanned)
        {
            Assert.True(scanned.Frames >= 0 && scanned.Origins.Count <= scanned.Frames);
            Assert.Single(new SeriesBuilder("/data", hashPatient: true).Build([scanned]));
        }
    }

    private static int Mutations(byte[][] seeds, Random random, FuzzTarget target) =>
        Enumerable.Range(0, s_runs).Count(run => target.IsRefused(FileMutator.Mutate(seeds[run % seeds.Length], seeds[random.Next(seeds.Length)], random), $"run {run}"));
}
