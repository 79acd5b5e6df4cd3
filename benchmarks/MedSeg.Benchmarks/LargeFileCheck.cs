using System.Globalization;
using System.Text;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Volumes;

namespace MedSeg.Benchmarks;

/// <summary>Checks the memory in which one large file is segmented: a multi-frame DICOM file of 2,000 frames, or an uncompressed volume of 2 GB.</summary>
internal static class LargeFileCheck
{
    private const int Frames = 2_000;
    private const int FrameSide = 512;
    private const int VolumeSide = 1024;
    private const int VolumeSlices = 1_024;
    private const int InputSide = 32;

    // The runtime, torch and the slices of a batch; the files have 1,000 and 2,048 MiB.
    private const double MostMebibytes = 700;

    /// <summary>Writes a file to the temporary folder, segments it, and looks at the memory.</summary>
    /// <param name="files">Where the model is written to.</param>
    /// <param name="isVolume">Whether the file is a volume.</param>
    /// <returns>Whether the working set stays below a fraction of the file.</returns>
    public static bool Run(SliceFiles files, bool isVolume)
    {
        string folder = Directory.CreateTempSubdirectory("medseg-large-").FullName;
        try
        {
            string path = Path.Combine(folder, "scans", isVolume ? "large.nii" : "large.dcm");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            (isVolume ? (Action<string>)WriteVolume : WriteFrames)(path);
            using var segmenter = new Segmenter(PublishedModel.Write(files.Scratch, InputSide).Safetensors, new InferenceOptions { Device = "cpu" });
            double resident = 0;
            int count = 0;
            foreach (SegmentedSlice _ in segmenter.Run([Path.GetDirectoryName(path)!], new MaskOutput { OutputPath = Path.Combine(folder, "masks"), Format = MaskFormat.Nifti }, events: new() { Progress = _ => resident = Math.Max(resident, Environment.WorkingSet / 1024.0 / 1024.0) }))
            {
                count++;
            }

            bool isBounded = count == (isVolume ? VolumeSlices : Frames) && resident <= MostMebibytes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: {new FileInfo(path).Length / 1024.0 / 1024.0:0} MiB, {count} slices, working set at most {resident:0} MiB: {(isBounded ? "bounded" : $"MORE than {MostMebibytes} MiB, or slices are missing")}."));
            return isBounded;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteVolume(string path)
    {
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 0), [new(0.5, 0, 0), new(0, 0.5, 0), new(0, 0, 1)], [VolumeSide, VolumeSide, VolumeSlices]);

        // Unsigned 16-bit numbers (nifti1.h).
        (header[70], header[71], header[72]) = (0, 2, 16);
        using FileStream file = File.Create(path);
        file.Write(header);
        WritePixels(file, VolumeSide, VolumeSlices);
    }

    private static void WriteFrames(string path)
    {
        using FileStream file = File.Create(path);
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        Element(file, 0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1\0"u8);
        foreach ((ushort element, string value) in ((ushort, string)[])[(0x0016, "1.2.840.10008.5.1.4.1.1.7.3\0"), (0x0018, "2.25.1")])
        {
            Element(file, 0x0008, element, "UI", Encoding.ASCII.GetBytes(value));
        }

        foreach ((ushort element, string value) in ((ushort, string)[])[(0x000D, "2.25.2"), (0x000E, "2.25.3"), (0x0052, "2.25.4")])
        {
            Element(file, 0x0020, element, "UI", Encoding.ASCII.GetBytes(value));
        }

        Element(file, 0x0028, 0x0004, "CS", "MONOCHROME2 "u8);
        Element(file, 0x0028, 0x0008, "IS", Encoding.ASCII.GetBytes(Frames.ToString("0000", CultureInfo.InvariantCulture)));
        foreach ((ushort element, int value) in ((ushort, int)[])[(0x0002, 1), (0x0010, FrameSide), (0x0011, FrameSide), (0x0100, 16), (0x0101, 16), (0x0102, 15), (0x0103, 0)])
        {
            Element(file, 0x0028, element, "US", BitConverter.GetBytes((ushort)value));
        }

        Sequence(file, 0x5200, 0x9229, [Item(0x0020, 0x9116, (0x0020, 0x0037, @"1\0\0\0\1\0")), Item(0x0028, 0x9110, (0x0028, 0x0030, @"0.5\0.5 "))], isOneItem: true);
        Sequence(file, 0x5200, 0x9230, [.. Enumerable.Range(0, Frames).Select(frame => Item(0x0020, 0x9113, (0x0020, 0x0032, string.Create(CultureInfo.InvariantCulture, $@"0\0\{frame:0000}"))))], isOneItem: false);
        file.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'W', 0, 0, .. BitConverter.GetBytes((uint)(2L * FrameSide * FrameSide * Frames))]);
        WritePixels(file, FrameSide, Frames);
    }

    // A bright square on a dark background.
    private static void WritePixels(FileStream file, int side, int slices)
    {
        ushort[] pixels = new ushort[side * side];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (ushort)((i % side) > side / 4 && (i % side) < side / 2 && (i / side) > side / 4 && (i / side) < side / 2 ? 900 : i % 97);
        }

        byte[] bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();
        for (int slice = 0; slice < slices; slice++)
        {
            file.Write(bytes);
        }
    }

    private static void Element(Stream file, ushort group, ushort element, string vr, ReadOnlySpan<byte> value) =>
        file.Write([.. BitConverter.GetBytes(group), .. BitConverter.GetBytes(element), (byte)vr[0], (byte)vr[1], .. BitConverter.GetBytes((ushort)value.Length), .. value]);

    // A functional group: a sequence of one item with one element.
    private static byte[] Item(ushort group, ushort element, (ushort Group, ushort Element, string Value) content)
    {
        using var inner = new MemoryStream();
        string value = content.Value.Length % 2 == 0 ? content.Value : content.Value + " ";
        Element(inner, content.Group, content.Element, "DS", Encoding.ASCII.GetBytes(value));
        using var item = new MemoryStream();
        Sequence(item, group, element, [inner.ToArray()], isOneItem: false);
        return item.ToArray();
    }

    private static void Sequence(Stream file, ushort group, ushort element, byte[][] items, bool isOneItem)
    {
        byte[][] whole = isOneItem ? [[.. items.SelectMany(item => item)]] : items;
        byte[] content = [.. whole.SelectMany(item => (byte[])[0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes((uint)item.Length), .. item])];
        file.Write([.. BitConverter.GetBytes(group), .. BitConverter.GetBytes(element), (byte)'S', (byte)'Q', 0, 0, .. BitConverter.GetBytes((uint)content.Length)]);
        file.Write(content);
    }
}
