using System.Text;
using MedSeg.Data.Files;
using MedSeg.Errors;

namespace MedSeg.Tests.Data.Files;

/// <summary>A folder whose files have other formats is not said to be empty.</summary>
public sealed class EmptyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public static TheoryData<string, byte[], string> Masks { get; } = new()
    {
        { "S00.mgz", [0x1F, 0x8B, 8, 0], "FreeSurfer" },
        { "S00.mat", Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file"), "MATLAB" },
        { "S00.bmp", [.. "BM"u8, .. new byte[24]], "BMP" },
        { "S00.json", Encoding.ASCII.GetBytes("{\"labels\":{}}"), "JSON" },
        { "P01.hdr", [0x5C, 1, 0, 0, .. new byte[344]], ".hdr and .img" },
        { "mask01.dcm", new SmallSlice().ToBytes(), "a DICOM image and not a segmentation" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Masks))]
    public void What_is_there_is_named(string name, byte[] content, string kind)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), content);

        MedSegException error = Assert.Throws<MedSegException>(() => DataFiles.FindMasks(_folder, recurse: false, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.FolderEmpty, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.Contains("NIfTI in one file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-Recurse", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S00.mat", "MATLAB 5.0 MAT-file", "is a MATLAB file")]
    [InlineData("S00.jpg", "\u00FF\u00D8\u00FF\u00E0\u0000\u0010JFIF", "looks like a JPEG image")]
    [InlineData("P01.seg.nrrd", "NRRD0004\n", "is a segmentation of 3D Slicer")]
    [InlineData("P01.mrb", "PK\u0003\u0004", "is a scene of 3D Slicer")]
    [InlineData("P01.zip", "PK\u0005\u0006", "looks like a zip file without content")]
    public void A_file_that_is_no_image_is_named(string name, string content, string kind)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), Encoding.Latin1.GetBytes(content));

        string message = Assert.Throws<MedSegException>(() => DataFiles.FindImages(_folder, recurse: false, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken)).Message;

        Assert.Contains($"{name} {kind}", message, StringComparison.Ordinal);
        Assert.Contains("DICOM, NIfTI", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_asks_for_its_subfolders()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "P01"));

        Assert.Contains("-Recurse", Assert.Throws<MedSegException>(() => DataFiles.FindMasks(_folder, recurse: false, cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suffix_that_no_mask_has_is_named()
    {
        File.WriteAllBytes(Path.Combine(_folder, "S00.png"), []);

        string message = Assert.Throws<MedSegException>(() => DataFiles.FindMasks(_folder, recurse: false, "_mask", cancellationToken: TestContext.Current.CancellationToken)).Message;

        Assert.Contains("end with '_mask'", message, StringComparison.Ordinal);
        Assert.Contains("S00.png", message, StringComparison.Ordinal);
    }
}
