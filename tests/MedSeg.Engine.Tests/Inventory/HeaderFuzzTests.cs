using System.Text;
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
