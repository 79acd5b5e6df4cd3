using System.Globalization;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Channels;

/// <summary>An enhanced multi-frame DICOM file at the places of <see cref="SmallScan"/>, whose frames are of several channels.</summary>
internal static class FrameScan
{
    /// <summary>Makes a file.</summary>
    /// <param name="frames">The place of each frame, from 0, and what its functional groups have besides its position.</param>
    /// <param name="shared">What the shared functional groups have besides orientation and spacing.</param>
    public static byte[] File(IReadOnlyList<(int Place, DicomBytes Groups)> frames, DicomBytes? shared = null)
    {
        DicomBytes groups = (shared ?? new DicomBytes())
            .Sequence(0x0020, 0x9116, new DicomBytes().Text(0x0020, 0x0037, "DS", @"1\0\0\0\1\0"))
            .Sequence(0x0028, 0x9110, new DicomBytes().Text(0x0018, 0x0050, "DS", "3").Text(0x0028, 0x0030, "DS", @"0.8\0.7"));
        return DicomBytes.Part10()
            .Text(0x0008, 0x0008, "CS", @"ORIGINAL\PRIMARY\DIFFUSION\MIXED").Text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.4.1").Text(0x0008, 0x0018, "UI", "2.25.77").Text(0x0008, 0x0060, "CS", "MR")
            .Text(0x0010, 0x0020, "LO", "P01").Text(0x0020, 0x000D, "UI", SmallSlice.StudyUid).Text(0x0020, 0x000E, "UI", SmallSlice.SeriesUid).Text(0x0020, 0x0052, "UI", SmallSlice.FrameUid)
            .Text(0x0028, 0x0008, "IS", frames.Count.ToString(CultureInfo.InvariantCulture)).Image(SmallScan.Rows, SmallScan.Columns)
            .Sequence(0x5200, 0x9229, groups)
            .Sequence(0x5200, 0x9230, [.. frames.Select(frame => new DicomBytes().Raw(frame.Groups.ToArray()).Sequence(0x0020, 0x9113, new DicomBytes().Text(0x0020, 0x0032, "DS", $@"-10\-20\{30 + (3 * frame.Place)}")))])
            .Pixels([.. frames.SelectMany((_, i) => Pixels(i))])
            .ToArray();
    }

    /// <summary>The pixels of a frame, from 0.</summary>
    public static ushort[] Pixels(int frame) => [.. Enumerable.Range(0, SmallScan.Rows * SmallScan.Columns).Select(i => (ushort)((100 * frame) + (i % 91)))];

    /// <summary>The functional group of a diffusion image (PS3.3, C.8.13.5.9).</summary>
    public static DicomBytes BValue(double value, string directionality = "ISOTROPIC") => new DicomBytes()
        .Sequence(0x0018, 0x9117, new DicomBytes().Text(0x0018, 0x9075, "CS", directionality).Element(0x0018, 0x9087, "FD", BitConverter.GetBytes(value)));

    /// <summary>The functional groups of an image type, with the complex component (PS3.3, C.8.13.5.1), and of an echo time (C.8.13.5.4).</summary>
    public static DicomBytes Kind(string frameType, string component = "MAGNITUDE", double echo = 2) => new DicomBytes()
        .Sequence(0x0018, 0x9114, new DicomBytes().Element(0x0018, 0x9082, "FD", BitConverter.GetBytes(echo)))
        .Sequence(0x0018, 0x9226, new DicomBytes().Text(0x0008, 0x9007, "CS", frameType).Text(0x0008, 0x9208, "CS", component));
}
