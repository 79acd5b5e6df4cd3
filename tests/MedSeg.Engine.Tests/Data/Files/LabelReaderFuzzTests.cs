using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Tests.Formats.Png;
using MedSeg.Tests.Fuzzing;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Data.Files;

/// <summary>For any content, a reader returns a mask or throws a FileFormatException.</summary>
public sealed class LabelReaderFuzzTests
{
    private const int Mutations = 3000;

    public static TheoryData<string> Seeds => new(
        "mask_le_f8.npy",
        "mask_be_i4.npy",
        "mask_version3.npy",
        "mask_fortran.npy",
        "png_7x9_color0_1bit_adam7.png",
        "png_7x9_color3_4bit.png",
        "png_7x9_color6_16bit_adam7.png",
        "pillow_indexed8.png",
        "jpeg_step42.jpg",
        "jpeg_step42_progressive.jpg",
        "jpeg_rgb_grey.jpg");

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        byte[] content = ImagingData.Bytes(name);

        // Nothing but the end marker follows a JPEG's last bits: without it the picture is still whole.
        int whole = content.Length - (name.EndsWith(".jpg", StringComparison.Ordinal) ? 3 : 0);
        for (int length = 0; length < whole; length++)
        {
            Assert.Throws<FileFormatException>(() => LabelReader.Decode(content.AsSpan(0, length), name));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_damaged_file_gives_a_mask_or_a_format_error(string name)
    {
        byte[] original = ImagingData.Bytes(name);
        var random = new Random(20);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] content = FileMutator.Mutate(original, original, random);
            if (i % 2 == 0)
            {
                PngRepair.Apply(content);
            }

            try
            {
                LabelImage image = LabelReader.Decode(content, name);
                Assert.Equal(image.Rows * image.Columns, image.Values.Length);
            }
            catch (FileFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Mutations);
    }

    [Fact]
    public void Compressed_data_that_asks_for_a_dictionary_is_refused()
    {
        byte[] content = ImagingData.Bytes("pillow_grey8.png");
        int data = content.AsSpan().IndexOf("IDAT"u8) + 4;
        (content[data], content[data + 1]) = (0x78, 0x20);
        PngRepair.Apply(content);

        Assert.Equal("PngInvalid", Assert.Throws<FileFormatException>(() => LabelReader.Decode(content, "x.png")).ErrorId);
    }
}
