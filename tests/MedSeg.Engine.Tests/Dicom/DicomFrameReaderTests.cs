using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Tests.Dicom;

/// <summary>Files of many frames.</summary>
public sealed class DicomFrameReaderTests
{
    private const int Side = 16;

    [Fact]
    public void Work_per_frame_does_not_grow_with_the_number_of_frames()
    {
        long few = BytesPerFrame(100);
        long many = BytesPerFrame(2000);

        Assert.InRange(many, 1, few * 3);
    }

    [Fact]
    public void Frames_of_a_file_of_2000_are_read_in_any_order_with_their_places()
    {
        var reader = new DicomFrameReader(FileOf(2000));

        Assert.Equal(2000, reader.Count);
        foreach (int frame in (int[])[1999, 0, 1000])
        {
            DicomImage image = reader.Read(frame);
            Assert.Equal((frame + 1, (double)frame), (image.Frame, image.Position![2]));
            Assert.All(image.Pixels, pixel => Assert.Equal(frame, pixel));
        }
    }

    // The first frame reads what all share.
    private static long BytesPerFrame(int frames)
    {
        var reader = new DicomFrameReader(FileOf(frames));
        reader.Read(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int frame = 0; frame < frames; frame++)
        {
            reader.Read(frame);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / frames;
    }

    private static DicomFile FileOf(int frames)
    {
        DicomBytes[] groups = [.. Enumerable.Range(0, frames).Select(frame => new DicomBytes()
            .Sequence(0x0020, 0x9113, new DicomBytes().Text(0x0020, 0x0032, "DS", $@"0\0\{frame.ToString(CultureInfo.InvariantCulture)}")))];
        DicomBytes file = DicomBytes.Part10().Text(0x0008, 0x0060, "CS", "MR").Text(0x0020, 0x0037, "DS", @"1\0\0\0\1\0")
            .Text(0x0028, 0x0008, "IS", frames.ToString(CultureInfo.InvariantCulture)).Image(Side, Side).Sequence(0x5200, 0x9230, groups)
            .Pixels([.. Enumerable.Range(0, frames).SelectMany(frame => Enumerable.Repeat((ushort)frame, Side * Side))]);
        return DicomFile.Parse(new DicomSource("/data/frames.dcm", file.ToArray()));
    }
}
