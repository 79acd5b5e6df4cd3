using System.Text;
using MedSeg.Dicom.Parsing;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Inference;
using MedSeg.Threading;

namespace MedSeg.Tests.Dicom;

/// <summary>Texts in every character set of DICOM PS3.3, C.12.1.1.2; the long names are the examples of PS3.5, annexes H to K.</summary>
public sealed class DicomTextTests
{
    public static TheoryData<string, string, string> Names { get; } = new()
    {
        { "", "Doe^John", "Doe^John" },
        { "ISO_IR 6", "Doe^John", "Doe^John" },
        { "ISO_IR 100", "Buc^J\u00E9r\u00F4me", "Buc^Jérôme" },
        { "ISO 2022 IR 100", "Buc^J\u00E9r\u00F4me", "Buc^Jérôme" },
        { "ISO_IR 101", "W\u00A3", "WŁ" },
        { "ISO_IR 109", "a\u00A6", "aĤ" },
        { "ISO_IR 110", "a\u00A2", "aĸ" },
        { "ISO_IR 144", "\u00BB\u00EE\u00DA\u00E1", "Люкс" },
        { "ISO_IR 127", "\u00E2\u00C8\u00C7", "قبا" },
        { "ISO_IR 126", "\u00C4\u00E9\u00EF", "Διο" },
        { "ISO_IR 138", "\u00F9\u00F8", "שר" },
        { "ISO_IR 148", "\u00DDz", "İz" },
        { "ISO_IR 203", "5 \u00A4", "5 €" },
        { "ISO_IR 166", "\u00B9\u00D2\u00C1", "นาม" },
        { "ISO_IR 13", "\u00D4\u00CF\u00C0\u00DE^\u00C0\u00DB\u00B3", "ﾔﾏﾀﾞ^ﾀﾛｳ" },
        { "ISO_IR 192", "Wang^XiaoDong=\u00E7\u008E\u008B^\u00E5\u00B0\u008F\u00E4\u00B8\u009C=", "Wang^XiaoDong=王^小东=" },
        { "GB18030", "Wang^XiaoDong=\u00CD\u00F5^\u00D0\u00A1\u00B6\u00AB=", "Wang^XiaoDong=王^小东=" },
        { "GBK", "Wang^XiaoDong=\u00CD\u00F5^\u00D0\u00A1\u00B6\u00AB=", "Wang^XiaoDong=王^小东=" },
        { "GBK", "A=\u0081\\^B", "A=乗^B" },
        {
            @"\ISO 2022 IR 87",
            "Yamada^Tarou=\u001B$B;3ED\u001B(B^\u001B$BB@O:\u001B(B=\u001B$B$d$^$@\u001B(B^\u001B$B$?$m$&\u001B(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう"
        },
        {
            @"ISO 2022 IR 13\ISO 2022 IR 87",
            "\u00D4\u00CF\u00C0\u00DE^\u00C0\u00DB\u00B3=\u001B$B;3ED\u001B(J^\u001B$BB@O:\u001B(J=\u001B$B$d$^$@\u001B(J^\u001B$B$?$m$&\u001B(J",
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"
        },
        { @"ISO 2022 IR 6\ISO 2022 IR 159", "Ichi=\u001B$(D0!0\"\u001B(B^\u001B$(D0#\u001B(B", "Ichi=丂丄^丅" },
        { @"\ISO 2022 IR 87\ISO 2022 IR 159", "\u001B$B;3\u001B$(D0!\u001B(B^T", "山丂^T" },
        { @"\ISO 2022 IR 149", "Hong^Gildong=\u001B$)C\u00FB\u00F3^\u001B$)C\u00D1\u00CE\u00D4\u00D7=\u001B$)C\u00C8\u00AB^\u001B$)C\u00B1\u00E6\u00B5\u00BF", "Hong^Gildong=洪^吉洞=홍^길동" },
        { "ISO 2022 IR 149", "\u00FB\u00F3^\u00D1\u00CE", "洪^吉" },
        { @"\ISO 2022 IR 58", "Zhang^XiaoDong=\u001B$)A\u00D5\u00C5^\u001B$)A\u00D0\u00A1\u00B6\u00AB=", "Zhang^XiaoDong=张^小东=" },

        // A delimiter ends the effect of an escape sequence: the initial set holds again.
        { @"ISO 2022 IR 100\ISO 2022 IR 144", "\u001B-L\u00BB^\u00E9=\u001B-L\u00BB", "Л^é=Л" },
        { @"\ISO 2022 IR 100\ISO 2022 IR 126", "\u001B-A\u00E9\u001B-F\u00C4", "éΔ" },

        // The same sets as above, with escape sequences.
        { "ISO 2022 IR 101", "W\u00A3", "WŁ" },
        { @"\ISO 2022 IR 101", "A=\u001B-BW\u00A3", "A=WŁ" },
        { @"\ISO 2022 IR 109", "A=\u001B-Ca\u00A6", "A=aĤ" },
        { @"\ISO 2022 IR 110", "A=\u001B-Da\u00A2", "A=aĸ" },
        { @"\ISO 2022 IR 144", "A=\u001B-L\u00BB\u00EE", "A=Лю" },
        { @"\ISO 2022 IR 127", "A=\u001B-G\u00E2\u00C8", "A=قب" },
        { @"\ISO 2022 IR 138", "A=\u001B-H\u00F9\u00F8", "A=שר" },
        { @"\ISO 2022 IR 148", "A=\u001B-M\u00DDz", "A=İz" },
        { @"\ISO 2022 IR 203", "A=\u001B-b5 \u00A4", "A=5 €" },
        { @"\ISO 2022 IR 166", "A=\u001B-T\u00B9\u00D2", "A=นา" },
        { @"\ISO 2022 IR 13", "A=\u001B)I\u00D4\u00CF", "A=ﾔﾏ" },

        // Some writers do not return to ASCII before the delimiter.
        { @"\ISO 2022 IR 87", "\u001B$BNcBj^\u001B$B0l", "例題^一" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_decoded(string characterSet, string bytes, string name) =>
        Assert.Equal(name, new DicomTextDecoder(characterSet).Decode(Encoding.Latin1.GetBytes(bytes), DicomVr.PN));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_segmentation_has_the_names_of_its_images(string characterSet, string bytes, string name)
    {
        DicomDataset seg = WriteSegmentation(characterSet, bytes, "ROI ü", out _);

        Assert.Equal("ISO_IR 192", seg.FindText(DicomTag.SpecificCharacterSet));
        Assert.Equal(name, Encoding.UTF8.GetString(seg.Find(new DicomTag(0x0010, 0x0010))!.Value.Span).TrimEnd(' '));
        Assert.Equal(name, Encoding.UTF8.GetString(seg.Find(new DicomTag(0x0008, 0x0090))!.Value.Span).TrimEnd(' '));
        Assert.Equal("ROI ü", seg.Items(DicomTag.SegmentSequence)[0].FindText(DicomTag.SegmentLabel, DicomVr.LO, "ISO_IR 192"));
    }

    [Theory]
    [InlineData("ISO_IR 999", "J\u00E9r\u00F4me")]
    [InlineData("", "J\u00E9r\u00F4me")]
    [InlineData("ISO_IR 192", "J\u00E9r\u00F4me")]
    [InlineData(@"\ISO 2022 IR 87", "\u001B$B\u007F\u007F\u001B(B")]
    public void A_name_that_cannot_be_decoded_keeps_its_bytes_and_its_character_set(string characterSet, string bytes)
    {
        DicomDataset seg = WriteSegmentation(characterSet, bytes, "ROI ü", out _);

        Assert.Equal(characterSet.Length == 0 ? null : characterSet, seg.FindText(DicomTag.SpecificCharacterSet));
        Assert.Equal(bytes, seg.FindText(new DicomTag(0x0010, 0x0010)));
        Assert.Equal(characterSet == "ISO_IR 192" ? "ROI ü" : "ROI ?", seg.Items(DicomTag.SegmentSequence)[0].FindText(DicomTag.SegmentLabel, DicomVr.LO, "ISO_IR 192"));
    }

    [Fact]
    public void Pydicom_reads_the_same_names()
    {
        foreach ((string characterSet, string bytes, string name) in Names.Select(row => row.Data))
        {
            _ = WriteSegmentation(characterSet, bytes, "ROI", out byte[] file);
            string path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, file);
                string read = OutsideTool.Run("/usr/bin/python3", "-c", "import sys,pydicom; print(ascii(str(pydicom.dcmread(sys.argv[1]).PatientName)))", path);
                string expected = string.Concat(name.TrimEnd('=').Select(c => c < 128 ? c.ToString() : c < 256 ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}"));
                Assert.Equal($"'{expected}'", read.Trim());
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Theory]
    [InlineData(@"\ISO 2022 IR 87", "\u001B$B;3ED\u001B(B", "山田")]
    [InlineData("ISO_IR 100", "gro\u00DF", "groß")]
    [InlineData("GB18030", "\u00CD\u00F5", "王")]
    [InlineData(@"\ISO 2022 IR 149", "\u001B$)C\u00FB\u00F3", "洪")]
    public void Labels_of_segments_are_decoded(string characterSet, string bytes, string label)
    {
        using var scan = new SmallScan();
        scan.AddSeries(1).AddSegmentation("seg.dcm", [new SmallFrame(0, 1, SmallScan.Mask(0))], [(1, Encoding.Latin1.GetBytes(bytes))], charset: characterSet);

        Assert.Equal([label], scan.Import().LabelNames);
    }

    private static DicomDataset WriteSegmentation(string characterSet, string name, string roi, out byte[] file)
    {
        using var scan = new SmallScan();
        var extra = new SmallSlice { CharacterSet = characterSet, PatientName = name };
        scan.AddSlice("S00", extra);
        ScanSeries series = ScanFinder.Find([scan.Dicoms], recurse: false, new ImageReading(), new EngineEvents { Error = e => throw e }).Single();
        string path = Path.Combine(scan.Folder, "seg.dcm");
        using (var writer = new SegMaskWriter(series, [roi], path, new MaskOutput { OutputPath = Path.GetDirectoryName(path)! }))
        {
            writer.Write(series.Slices[0], Array.ConvertAll(SmallScan.Mask(0), v => (byte)(v == 1 ? 1 : 0)));
            writer.Finish();
        }

        file = FileContent.Read(path);
        return DicomFile.Parse(new DicomSource(path, file)).Dataset;
    }
}
