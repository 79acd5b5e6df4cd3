using System.IO.Compression;
using System.Text;
using MedSeg.Errors;
using MedSeg.Formats.ImageJ;
using MedSeg.Labels.Polygons;

namespace MedSeg.Tests.Formats.ImageJ;

public sealed class ImageJRoiTests
{
    // Where all vertices are whole numbers, the ImageJ that made the data (1.52i) looks at the upper edges of pixels rather than at their centres.
    [Theory]
    [InlineData("rectangle", 0)]
    [InlineData("polygon", 4)]
    [InlineData("selfcrossing", 7)]
    [InlineData("subpixel", 0)]
    [InlineData("freehand", 3)]
    [InlineData("traced", 0)]
    [InlineData("composite", 0)]
    [InlineData("split", 0)]
    [InlineData("xor", 0)]
    [InlineData("outside", 1)]
    [InlineData("oval", 0)]
    [InlineData("circle", 0)]
    public void ImageJ_fills_the_same_pixels(string name, int most)
    {
        Outline outline = ImageJData.Decode(name)!;

        int different = ImageJData.Masks[name].Zip(ImageJData.Draw(outline)).Count(pixel => pixel.First != pixel.Second);

        Assert.InRange(different, 0, most);
        Assert.Equal(name, outline.Label);
        Assert.Null(outline.Slice);
    }

    [Fact]
    public void Names_and_slices_are_those_of_the_ROI()
    {
        Assert.Equal(("psoas é", (int?)null), (ImageJData.Decode("named")!.Label, ImageJData.Decode("named")!.Slice));
        Assert.Equal(("disc", 2), (ImageJData.Decode("hyper")!.Label, ImageJData.Decode("hyper")!.Slice));
        Assert.Null(ImageJData.Decode("line"));
    }

    [Theory]
    [InlineData("0003-0017-0016", 3)]
    [InlineData("0003-0017-0016-1", 3)]
    [InlineData("0017-0016", null)]
    public void Names_that_ImageJ_made_up_are_no_labels_but_may_have_the_slice(string name, int? slice)
    {
        byte[] roi = File.ReadAllBytes(ImageJData.PathOf("rectangle.roi"));

        Outline outline = ImageJRoi.Decode(roi, name, new MedSeg.Formats.Outlines.OutlineErrors("/data/a.roi"))!;

        Assert.Equal((ImageJRoi.Unnamed, slice), (outline.Label, outline.Slice));
    }

    [Theory]
    [InlineData(0xFFFE)]
    [InlineData(0xD800)]
    [InlineData(0x0007)]
    public void Codes_that_are_no_characters_do_not_matter(int code)
    {
        byte[] roi = File.ReadAllBytes(ImageJData.PathOf("named.roi"));
        (roi[^2], roi[^1]) = ((byte)(code >> 8), (byte)code);

        string label = ImageJRoi.Decode(roi, "a", new MedSeg.Formats.Outlines.OutlineErrors("/data/a.roi"))!.Label;

        Assert.StartsWith("psoas", label, StringComparison.Ordinal);
        Assert.DoesNotContain(label, c => char.IsControl(c) || c >= '\uFFFE');
    }

    [Fact]
    public void The_archive_of_the_ROI_Manager_has_all_ROIs()
    {
        OutlineSet set = ImageJRoiSet.Decode(File.ReadAllBytes(ImageJData.PathOf("RoiSet.zip")), "/data/RoiSet.zip");

        Assert.Equal(["psoas", "disc"], set.Labels);
        Assert.Equal([1, 1, 2, 2, 3, 3], set.Outlines.Select(outline => outline.Slice!.Value));
        Assert.Equal(1, set.Skipped);
        Assert.Equal([90, 99, 108, 117], [.. set.Outlines.Where(outline => outline.Label == "disc").Select(outline => ImageJData.Draw(outline).Count(c => c == '#')).Prepend(90)]);
    }

    [Theory]
    [InlineData("../psoas.roi")]
    [InlineData("/etc/psoas.roi")]
    [InlineData("..\\psoas.roi")]
    [InlineData("C:\\psoas.roi")]
    public void Archives_that_name_files_outside_of_themselves_are_refused(string name)
    {
        byte[] archive = Archive((name, File.ReadAllBytes(ImageJData.PathOf("rectangle.roi"))));

        Assert.Equal(ErrorIds.ArchiveRefused, Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(archive, "/data/a.zip")).ErrorId);
    }

    [Fact]
    public void Archives_that_unpack_to_far_more_are_refused_before_they_are_unpacked()
    {
        byte[] archive = Archive(("psoas.roi", new byte[8 << 20]));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(ErrorIds.ArchiveRefused, Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(archive, "/data/a.zip")).ErrorId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Damage_is_told()
    {
        byte[] roi = File.ReadAllBytes(ImageJData.PathOf("polygon.roi"));

        Assert.Contains("ends before the last", Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(roi[..70], "/data/a.roi")).Message, StringComparison.Ordinal);
        Assert.Contains("truncated", Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(roi[..40], "/data/a.roi")).Message, StringComparison.Ordinal);
        Assert.Contains("no ROIs", Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(Archive(("a.txt", [1])), "/data/a.zip")).Message, StringComparison.Ordinal);
        Assert.Contains("damaged", Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode([.. "PK\x3\x4"u8, .. new byte[40]], "/data/a.zip")).Message, StringComparison.Ordinal);
        Assert.Contains("neither", Assert.Throws<FileFormatException>(() => ImageJRoiSet.Decode(Encoding.ASCII.GetBytes("hello"), "/data/a.roi")).Message, StringComparison.Ordinal);
    }

    private static byte[] Archive(params (string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
