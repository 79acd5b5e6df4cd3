using MedSeg.Data.Files;
using MedSeg.Tests.Fuzzing;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>For any content, reading a picture as an image ends soon, uses little memory, and returns pixels or throws the one error that gives the reason.</summary>
public sealed class PictureFuzzTests
{
    private const string FilePath = "/data/picture";

    // As for masks of the same formats.
    [Theory]
    [InlineData("*.npy", 128)]
    [InlineData("*.png", 40_000)]
    [InlineData("*.tif", 400_000)]
    public void Mutated_files_are_read_or_refused(string pattern, long bytesPerByte) => PictureFuzz.Run(pattern, bytesPerByte, FilePath, seed: 31, Read);

    internal static void Read(byte[] file)
    {
        foreach (ImageSlice slice in PictureFile.Decode(file, FilePath, spacing: null))
        {
            Assert.Equal(slice.Rows * slice.Columns, slice.Pixels.Length);
        }
    }
}
