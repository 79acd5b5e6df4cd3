using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Imaging;

namespace MedSeg.Tests.Dicom;

public class DicomWriterTests
{
    private static DicomMrSlice Slice(int rows, int columns, ushort[] pixels, PixelSpacing spacing) => new()
    {
        Rows = rows,
        Columns = columns,
        Pixels = pixels,
        Spacing = spacing,
        PatientId = "P-0001",
        PatientName = "Phantom^One",
        StudyInstanceUid = DicomUid.Create(),
        SeriesInstanceUid = DicomUid.Create(),
        SopInstanceUid = DicomUid.Create(),
        FrameOfReferenceUid = DicomUid.Create(),
    };

    private static DicomImage RoundTrip(DicomMrSlice slice)
    {
        using var stream = new MemoryStream();
        DicomWriter.Write(stream, slice);
        return DicomImageReader.ReadFrames("/data/slice.dcm", stream.ToArray()).First();
    }

    [Property]
    public Property What_is_written_is_read_again(byte rows, byte columns, int seed, ushort spacing)
    {
        int height = rows + 1;
        int width = columns + 1;
        var random = new Random(seed);
        ushort[] pixels = new ushort[height * width];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (ushort)random.Next(ushort.MaxValue + 1);
        }

        var distance = new PixelSpacing((spacing + 1) / 1000.0, 0.7);
        DicomImage image = RoundTrip(Slice(height, width, pixels, distance));
        return (image.Rows == height && image.Columns == width
            && image.Pixels.AsSpan().SequenceEqual(Array.ConvertAll(pixels, value => (float)value))
            && image.Spacing == distance && image.PatientIdentity == "P-0001" && image.Modality == "MR").ToProperty();
    }

    [Property]
    public bool Decimal_strings_have_at_most_16_characters_and_keep_8_digits(NormalFloat value)
    {
        string text = DicomElementWriter.Decimal(value.Get);
        double back = double.Parse(text, CultureInfo.InvariantCulture);

        return text.Length <= 16 && Math.Abs(back - value.Get) <= 1e-8 * Math.Abs(value.Get);
    }

    [Fact]
    public void The_file_is_whole_and_recognised()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("medseg-").FullName, "slice.dcm");
        try
        {
            DicomWriter.Write(path, Slice(2, 3, [1, 2, 3, 4, 5, 6], new PixelSpacing(0.5, 0.25)));

            Assert.True(DicomImageReader.IsDicom(path));
            Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], DicomImageReader.Read(path).Pixels);
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RoundTrip(Slice(2, 2, [1, 2, 3], new PixelSpacing(1, 1))));
        Assert.Throws<ArgumentException>(() => RoundTrip(Slice(0, 2, [], new PixelSpacing(1, 1))));
    }

    [Fact]
    public void Identifiers_are_decimal_uuids()
    {
        Assert.Matches(@"^2\.25\.[1-9][0-9]{0,38}$", DicomUid.Create());
        Assert.NotEqual(DicomUid.Create(), DicomUid.Create());
        Assert.Equal("2.25.604472133179351442128896", DicomUid.FromBytes(new byte[16]));
    }
}
