using System.IO.Compression;
using System.Text;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>MetaImage headers whose voxels are in several files.</summary>
public sealed class MetaImageFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("LIST\nb.raw\na.raw\n", "")]
    [InlineData("LIST 2\r\nb.raw\r\na.raw\r\n", "")]
    [InlineData("LIST 3\nall of it.raw\n", "")]
    [InlineData("all of it.raw\n", "")]
    [InlineData("s%03d.raw 7 8 1\n", "")]
    [InlineData("s%03d.raw 7\n", "")]
    [InlineData("%d.raw\n", "")]
    [InlineData("LIST\nb.raw\na.raw\n", "HeaderSize = 3\n")]
    [InlineData("LIST\nb.raw\na.raw\n", "HeaderSize = -1\n")]
    [InlineData("LIST\nb.raw\na.raw\n", "CompressedData = True\n")]
    public void Each_slice_is_in_a_file_of_its_own(string files, string field)
    {
        SaveParts(field);

        ImageSlice slice = ImageVolume.Open(Save(files, field), SliceAxis.Auto).Read(1);

        Assert.Equal(Enumerable.Range(12, 12).Select(i => (float)i), slice.Pixels);
        Assert.Equal(new Vector3D(10, 20, 34), slice.Plane!.Value.Origin);
        Assert.Equal(slice.Pixels, ImageVolume.Of(VolumeFile.OpenAhead(Path.Combine(_folder, "P01.mhd"), CancellationToken.None), SliceAxis.Auto).Read(1).Pixels);
    }

    [Fact]
    public void The_list_is_part_of_the_files_of_the_image()
    {
        SaveParts("");

        Assert.Equal(["P01.mhd", "b.raw", "a.raw"], VolumeFile.ReadHeader(Save("LIST\nb.raw\na.raw\n", "")).Files.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("LIST\na.raw\n", "names 1 files", ErrorIds.VolumeInvalid)]
    [InlineData("LIST 1\na.raw\na.raw\n", "needs 6", ErrorIds.VolumeInvalid)]
    [InlineData("LIST\na.raw\nmissing.raw\n", "missing.raw", ErrorIds.VolumeInvalid)]
    [InlineData("LIST\na.raw\n../secret.raw\n", "../secret.raw", ErrorIds.VolumeUnsupported)]
    [InlineData("LIST\na.raw\nshort.raw\n", "24 bytes, but there are 5", ErrorIds.VolumeTruncated)]
    [InlineData("s%d.raw 1 1000000000 1\n", "more than 65,536", ErrorIds.VolumeInvalid)]
    [InlineData("s%s.raw 1 2 1\n", "s%s.raw", ErrorIds.VolumeUnsupported)]
    public void A_list_that_contradicts_the_header_is_refused(string files, string inMessage, string errorId)
    {
        SaveParts("");
        File.WriteAllBytes(Path.Combine(_folder, "short.raw"), new byte[5]);
        string path = Save(files, "");

        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeFile.Read(path));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LIST\nb.raw\na.raw\n")]
    [InlineData("s%03d.raw 7 8 1\n")]
    public void ITK_reads_the_same_voxels(string files)
    {
        SaveParts("");
        string path = Save(files, "");
        string other = Path.Combine(_folder, "itk.nrrd");
        OutsideTool.Run("plastimatch", "convert", "--input", path, "--output-img", other);

        for (int i = 0; i < 2; i++)
        {
            ImageSlice expected = ImageVolume.Open(other, SliceAxis.Third).Read(i);
            ImageSlice found = ImageVolume.Open(path, SliceAxis.Third).Read(i);
            Assert.Equal(expected.Pixels, found.Pixels);
            Assert.Equal(expected.Plane, found.Plane);
        }
    }

    // Two slices of 4 × 3 numbers, under all the names.
    private void SaveParts(string field)
    {
        byte[] first = [.. Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes((short)i))];
        byte[] second = [.. Enumerable.Range(12, 12).SelectMany(i => BitConverter.GetBytes((short)i))];
        foreach ((string name, byte[] voxels) in ((string, byte[])[])[("b.raw", first), ("a.raw", second), ("s007.raw", first), ("s008.raw", second), ("1.raw", first), ("2.raw", second), ("all of it.raw", [.. first, .. second])])
        {
            using FileStream file = File.Create(Path.Combine(_folder, name));
            if (field.StartsWith("Compressed", StringComparison.Ordinal))
            {
                using var packed = new ZLibStream(file, CompressionLevel.Fastest);
                packed.Write(voxels);
                continue;
            }

            file.Write(field.Length > 0 ? "abc"u8 : []);
            file.Write(voxels);
        }
    }

    private string Save(string files, string field)
    {
        string path = Path.Combine(_folder, "P01.mhd");
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes($"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 10 20 30\nElementSpacing = 0.5 0.75 4\nDimSize = 4 3 2\n{field}ElementType = MET_SHORT\nElementDataFile = {files}"));
        return path;
    }
}
