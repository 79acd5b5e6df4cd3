using MedSeg.Data.Files;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Fuzzing;

namespace MedSeg.Tests.Data.Files;

/// <summary>For any content, reading a mask ends soon, uses little memory, and returns labels or throws the one error that gives the reason.</summary>
public sealed class LabelFuzzTests
{
    private const string FilePath = "/data/mask";

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
    public void Mutated_files_are_read_or_refused(string pattern, long bytesPerByte) => PictureFuzz.Run(pattern, bytesPerByte, FilePath, seed: 30, Read);

    internal static void Read(byte[] file)
    {
        foreach (LabelImage image in TiffLabel.IsTiff(file) ? TiffLabel.Decode(file, FilePath, s_map).Pages : [LabelReader.Decode(file, FilePath, s_map)])
        {
            Assert.Equal(image.Rows * image.Columns, image.Values.Length);
        }
    }
}
