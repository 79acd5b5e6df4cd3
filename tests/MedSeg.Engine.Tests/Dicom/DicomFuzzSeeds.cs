using System.IO.Compression;
using MedSeg.Tests.Dicom.Codecs.Jpeg2000;
using MedSeg.Tests.Dicom.Codecs.JpegLs;

namespace MedSeg.Tests.Dicom;

/// <summary>Small files, one for each transfer syntax and feature, that the fuzz test starts from.</summary>
internal static class DicomFuzzSeeds
{
    private const string ExplicitLittle = "1.2.840.10008.1.2.1";
    private const string Rle = "1.2.840.10008.1.2.5";
    private const string Jpeg = "1.2.840.10008.1.2.4.70";
    private const string JpegLsSyntax = "1.2.840.10008.1.2.4.80";
    private const string Jpeg2000Syntax = "1.2.840.10008.1.2.4.90";

    /// <summary>Gets all files by name; each is read without an error.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = Build();

    private static Dictionary<string, byte[]> Build()
    {
        var seeds = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        AddNative(seeds);
        AddKinds(seeds);
        AddCompressed(seeds);
        AddSeveralFrames(seeds);
        foreach (string path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Dicom", "FuzzData"), "*.dcm").Order(StringComparer.Ordinal))
        {
            seeds.Add(Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path));
        }

        return seeds;
    }

    private static void AddNative(Dictionary<string, byte[]> seeds)
    {
        seeds["explicit little endian"] = Image(DicomBytes.Part10()).Pixels(1, 2, 3, 4).ToArray();
        seeds["implicit little endian"] = Image(DicomBytes.Part10("1.2.840.10008.1.2", explicitVr: false)).Pixels(1, 2, 3, 4).ToArray();
        seeds["explicit big endian"] = Image(DicomBytes.Part10("1.2.840.10008.1.2.2", bigEndian: true)).Pixels(1, 2, 3, 4).ToArray();
        seeds["big endian bytes in words"] = DicomBytes.Part10("1.2.840.10008.1.2.2", bigEndian: true)
            .Text(0x0028, 0x0008, "IS", "2").Image(1, 2, allocated: 8).Pixels(0x0102, 0x0304).ToArray();
        seeds["bare data set"] = Image(new DicomBytes()).Pixels(1, 2, 3, 4).ToArray();
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Optimal))
        {
            deflater.Write(Image(new DicomBytes()).Pixels(1, 2, 3, 4).ToArray());
        }

        seeds["deflated"] = DicomBytes.Part10("1.2.840.10008.1.2.1.99").Raw(deflated.ToArray()).ToArray();
    }

    private static void AddKinds(Dictionary<string, byte[]> seeds)
    {
        seeds["single bits"] = DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "3").Image(1, 3, allocated: 1).Element(0x7FE0, 0x0010, "OB", [0x8D, 1]).ToArray();
        seeds["planar rgb"] = DicomBytes.Part10().UInt16(0x0028, 0x0006, 1).Image(2, 2, allocated: 8, photometric: "RGB", samples: 3).Element(0x7FE0, 0x0010, "OB", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).ToArray();
        seeds["ybr 422"] = DicomBytes.Part10().Image(2, 2, allocated: 8, photometric: "YBR_FULL_422", samples: 3).Element(0x7FE0, 0x0010, "OB", [10, 20, 128, 128, 30, 40, 1, 255]).ToArray();
        seeds["floats"] = DicomBytes.Part10().Image(1, 2, allocated: 32).Element(0x7FE0, 0x0008, "OF", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]).ToArray();
        seeds["doubles"] = DicomBytes.Part10().Image(1, 1, allocated: 32).Element(0x7FE0, 0x0009, "OD", BitConverter.GetBytes(0.25)).ToArray();
        seeds["32 bits"] = DicomBytes.Part10().Image(1, 1, allocated: 32).Element(0x7FE0, 0x0010, "OW", [0, 0, 0, 0x80]).ToArray();
        DicomBytes palette = DicomBytes.Part10().Image(1, 3, photometric: "PALETTE COLOR");
        for (ushort i = 0; i < 3; i++)
        {
            palette.Element(0x0028, (ushort)(0x1101 + i), "US", [2, 0, 5, 0, 16, 0]);
        }

        for (ushort i = 0; i < 3; i++)
        {
            palette.Element(0x0028, (ushort)(0x1201 + i), "OW", [0, 0, 100, 0]);
        }

        seeds["palette"] = palette.Pixels(5, 6, 9).ToArray();
        seeds["modality lut"] = DicomBytes.Part10().Image(1, 4, signed: true, photometric: "MONOCHROME1")
            .Header(0x0028, 0x3000, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength)
            .Element(0x0028, 0x3002, "SS", [3, 0, 0xFE, 0xFF, 16, 0]).Element(0x0028, 0x3006, "US", [10, 0, 20, 0, 0x30, 0x75])
            .EndOfItem().EndOfSequence().Pixels(0xFFFD, 0xFFFE, 0xFFFF, 4).ToArray();
    }

    private static void AddCompressed(Dictionary<string, byte[]> seeds)
    {
        seeds["rle"] = DicomBytes.Part10(Rle).Image(2, 2).Fragments([.. RleHeader(2, 64, 66), 0xFD, 1, 3, 5, 6, 7, 8, 0]).ToArray();
        seeds["rle rgb"] = DicomBytes.Part10(Rle).Image(1, 1, allocated: 8, photometric: "RGB", samples: 3).Fragments([.. RleHeader(3, 64, 66, 68), 0, 100, 0, 50, 0, 200]).ToArray();
        seeds["lossless restarts"] = DicomBytes.Part10(Jpeg).Image(4, 4, allocated: 8).Fragments(Lossless(1)).ToArray();
        seeds["lossless scans and restarts"] = DicomBytes.Part10(Jpeg).Image(4, 4, allocated: 8, photometric: "RGB", samples: 3).Fragments(Lossless(3)).ToArray();
        foreach (string name in (string[])["dcmtk_grey12_7x5_near3", "dcmtk_rgb8_sample", "t87_restart5_rgb_line"])
        {
            var shape = JpegLsData.Expected(name).Shape;
            int bits = name.Contains("12", StringComparison.Ordinal) ? 16 : 8;
            seeds[name] = DicomBytes.Part10(JpegLsSyntax).Image(shape.Rows, shape.Columns, bits, photometric: shape.Components == 3 ? "RGB" : "MONOCHROME2", samples: shape.Components)
                .Fragments(JpegLsData.Stream(name)).ToArray();
        }

        foreach (string name in (string[])["size_7x5.j2k", "colour_8_irreversible.j2k", "packed_in_main.j2k"])
        {
            Jpeg2000Seed(seeds, name);
        }
    }

    private static void Jpeg2000Seed(Dictionary<string, byte[]> seeds, string name)
    {
        ReferenceCase reference = ReferenceCase.All[name];
        var shape = reference.Shape;
        seeds[name] = DicomBytes.Part10(Jpeg2000Syntax).Image(shape.Rows, shape.Columns, 16, photometric: shape.Components == 3 ? "RGB" : "MONOCHROME2", samples: shape.Components)
            .Fragments(reference.ReadStream()).ToArray();
    }

    private static void AddSeveralFrames(Dictionary<string, byte[]> seeds)
    {
        byte[] first = [.. RleHeader(2, 64, 66), 0, 0, 0, 7];
        byte[] second = [.. RleHeader(2, 64, 66), 0, 0, 0, 9];
        seeds["basic offset table"] = TwoFrames(Rle).Header(0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength)
            .Item(8).Raw(0, 0, 0, 0).Raw(BitConverter.GetBytes(first.Length + 16))
            .Item(64).Raw(first[..64]).Item(4).Raw(first[64..]).Item(68).Raw(second).EndOfSequence().ToArray();
        seeds["extended offset table"] = TwoFrames(Rle)
            .Element(0x7FE0, 0x0001, "OW", [.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(first.Length + 8L)])
            .Header(0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength).Item(0)
            .Item(68).Raw(first).Item(64).Raw(second[..64]).Item(4).Raw(second[64..]).EndOfSequence().ToArray();
        DicomBytes enhanced = TwoFrames(ExplicitLittle).Header(0x5200, 0x9230, "SQ", DicomBytes.UndefinedLength);
        for (int frame = 1; frame <= 2; frame++)
        {
            enhanced.Item(DicomBytes.UndefinedLength)
                .Header(0x0028, 0x9145, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength)
                .Text(0x0028, 0x1052, "DS", "0").Text(0x0028, 0x1053, "DS", $"{frame * 10}")
                .EndOfItem().EndOfSequence().EndOfItem();
        }

        seeds["functional groups"] = enhanced.EndOfSequence().Pixels(3, 4).ToArray();
    }

    private static DicomBytes TwoFrames(string syntax) => DicomBytes.Part10(syntax).Text(0x0028, 0x0008, "IS", "2").Image(1, 1);

    private static DicomBytes Image(DicomBytes file) => file
        .Text(0x0008, 0x0060, "CS", "MR")
        .Header(0x0008, 0x1140, "SQ", DicomBytes.UndefinedLength)
        .Item(DicomBytes.UndefinedLength).UInt16(0x0028, 0x0010, 8).EndOfItem().EndOfSequence()
        .Text(0x0028, 0x0030, "DS", "0.5\\0.5").Image(2, 2, stored: 12).Text(0x0028, 0x1053, "DS", "2");

    private static byte[] RleHeader(params byte[] numbers)
    {
        byte[] header = new byte[64];
        for (int i = 0; i < numbers.Length; i++)
        {
            header[4 * i] = numbers[i];
        }

        return header;
    }

    // Each line is four codes of one bit for a difference of zero, then padding; a restart after each line.
    private static byte[] Lossless(byte components)
    {
        List<byte> stream = [0xFF, 0xD8, 0xFF, 0xC3, 0, (byte)(8 + (3 * components)), 8, 0, 4, 0, 4, components];
        for (byte i = 1; i <= components; i++)
        {
            stream.AddRange([i, 0x11, 0]);
        }

        stream.AddRange([0xFF, 0xC4, 0, 21, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0xDD, 0, 4, 0, 4]);
        for (byte i = 1; i <= components; i++)
        {
            stream.AddRange([0xFF, 0xDA, 0, 8, 1, i, 0, 1, 0, 0, 0x0F, 0xFF, 0xD0, 0x0F, 0xFF, 0xD1, 0x0F, 0xFF, 0xD2, 0x0F]);
        }

        return [.. stream, 0xFF, 0xD9];
    }
}
