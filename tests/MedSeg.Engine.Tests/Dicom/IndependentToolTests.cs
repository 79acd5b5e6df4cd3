using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Imaging;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Dicom;

/// <summary>dcmtk, GDCM and dicom3tools as judges, where they are installed.</summary>
public sealed class IndependentToolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 1")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 2")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 3")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 4")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 5")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 6")]
    [InlineData("MR_small.dcm", "dcmcjpeg +el +sv 7")]
    [InlineData("CT_small.dcm", "dcmcjpeg +e1")]
    [InlineData("examples_overlay.dcm", "dcmcjpeg +e1")]
    [InlineData("image_dfl.dcm", "dcmcjpeg +e1")]
    [InlineData("CT_small.dcm", "dcmcrle")]
    [InlineData("examples_overlay.dcm", "dcmcrle")]
    [InlineData("image_dfl.dcm", "dcmcrle")]
    [InlineData("examples_overlay.dcm", "dcmconv +te")]
    [InlineData("examples_overlay.dcm", "dcmconv +td")]
    [InlineData("image_dfl.dcm", "dcmconv +tb")]
    [InlineData("MR_small.dcm", "dcmconv +ti +e -F")]
    [InlineData("MR_small.dcm", "dcmcjpls")]
    [InlineData("CT_small.dcm", "dcmcjpls")]
    [InlineData("image_dfl.dcm", "dcmcjpls")]
    [InlineData("MR_small.dcm", "gdcmconv --jpegls")]
    [InlineData("CT_small.dcm", "gdcmconv --j2k")]
    [InlineData("MR_small.dcm", "gdcmconv --j2k")]
    [InlineData("examples_overlay.dcm", "gdcmconv --j2k")]
    [InlineData("CT_small.dcm", "gdcmconv --jpeg")]
    [InlineData("MR_small.dcm", "gdcmconv --rle")]
    [InlineData("SC_rgb_rle.dcm", "gdcmconv --raw")]
    [InlineData("SC_rgb_rle.dcm", "gdcmconv --jpeg")]
    [InlineData("SC_rgb_rle.dcm", "gdcmconv --jpegls")]
    [InlineData("SC_rgb_rle.dcm", "gdcmconv --j2k")]
    [InlineData("SC_rgb_jpeg_gdcm.dcm", "dcmdjpeg")]
    public void What_dcmtk_or_gdcm_converts_without_loss_decodes_to_the_same_values(string file, string command)
    {
        string original = Original(file);
        string converted = Path.Combine(_folder.FullName, file);
        Run($"{command} {original} {converted}");

        Assert.Equal(DicomImageReader.ReadStored(original), DicomImageReader.ReadStored(converted));
    }

    [Theory]
    [InlineData("image_dfl.dcm", "dcmcjpeg +eb +q 90")]
    [InlineData("examples_overlay.dcm", "dcmcjpeg +ee +q 90")]
    [InlineData("image_dfl.dcm", "dcmcjpls +en +md 2", "dcmdjpls")]
    [InlineData("image_dfl.dcm", "gdcmconv --j2k --lossy -q 60", "gdcmconv --raw")]
    public void Lossy_files_decode_as_the_tool_decodes_them(string file, string command, string decoder = "dcmdjpeg")
    {
        string compressed = Path.Combine(_folder.FullName, "compressed.dcm");
        string decompressed = Path.Combine(_folder.FullName, "decompressed.dcm");
        Run($"{command} {Original(file)} {compressed}");
        Run($"{decoder} {compressed} {decompressed}");

        int[] expected = DicomImageReader.ReadStored(decompressed);
        int[] actual = DicomImageReader.ReadStored(compressed);

        // Two inverse DCTs may round differently.
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.InRange(actual[i] - expected[i], -2, 2));
    }

    [Fact]
    public void What_the_writer_writes_has_no_errors_for_dciodvfy()
    {
        string path = Path.Combine(_folder.FullName, "written.dcm");
        DicomWriter.Write(path, new DicomMrSlice
        {
            Rows = 2,
            Columns = 2,
            Pixels = [1, 2, 3, 65535],
            Spacing = new PixelSpacing(0.7, 0.7),
            PatientId = "P-1",
            PatientName = "Phantom^One",
            StudyInstanceUid = DicomUid.Create(),
            SeriesInstanceUid = DicomUid.Create(),
            SopInstanceUid = DicomUid.Create(),
            FrameOfReferenceUid = DicomUid.Create(),
            SeriesDescription = "Phantom",
        });

        string report = Run($"dciodvfy {path}", mayFail: true);
        Assert.Contains("MRImage", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", report, StringComparison.Ordinal);
        Assert.Contains("MONOCHROME2", Run($"dcmdump {path}"), StringComparison.Ordinal);
    }

    private static string Original(string file)
    {
        if (SharedDicomTests.Folder is not { } folder)
        {
            Assert.Skip("The folder shared/dicom with real DICOM files was not found in any folder above the tests.");
            return "";
        }

        return Path.Combine(folder, file);
    }

    private static string Run(string command, bool mayFail = false)
    {
        string[] words = command.Split(' ');
        return mayFail ? OutsideTool.Run(words[0], words[1..]) : OutsideTool.RunToEnd(words[0], words[1..]);
    }
}
