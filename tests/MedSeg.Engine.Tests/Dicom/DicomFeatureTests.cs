using System.IO.Compression;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Tests.Dicom;

/// <summary>Small files made byte by byte, one for each feature of the format.</summary>
public class DicomFeatureTests
{
    private const string FilePath = "/data/slice.dcm";

    private static DicomImage Read(DicomBytes file) => Frames(file).First();

    private static IEnumerable<DicomImage> Frames(DicomBytes file) => DicomImageReader.ReadFrames(FilePath, file.ToArray());

    private static FileFormatException Refuses(DicomBytes file, string errorId)
    {
        var error = Assert.Throws<FileFormatException>(() => Read(file));
        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith(FilePath + ": ", error.Message, StringComparison.Ordinal);
        return error;
    }

    [Fact]
    public void Explicit_little_endian_gives_pixels_spacing_modality_and_syntax()
    {
        DicomImage image = Read(DicomBytes.Part10()
            .Text(0x0008, 0x0060, "CS", "MR")
            .Text(0x0028, 0x0030, "DS", "0.5\\0.75")
            .Image(1, 3).Pixels(1, 258, 65535));

        Assert.Equal((1, 3, 16), (image.Rows, image.Columns, image.BitsStored));
        Assert.Equal([1f, 258f, 65535f], image.Pixels);
        Assert.Equal(new PixelSpacing(0.5, 0.75), image.Spacing);
        Assert.Equal("MR", image.Modality);
        Assert.Equal("1.2.840.10008.1.2.1", image.TransferSyntaxUid);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2", false, false)]
    [InlineData("1.2.840.10008.1.2.2", true, true)]
    public void Other_encodings_give_the_same_values(string syntax, bool explicitVr, bool bigEndian)
    {
        DicomImage image = Read(DicomBytes.Part10(syntax, explicitVr, bigEndian).Image(2, 1).Pixels(258, 3));

        Assert.Equal([258f, 3f], image.Pixels);
        Assert.Equal(syntax, image.TransferSyntaxUid);
    }

    [Fact]
    public void Deflated_data_sets_are_inflated()
    {
        byte[] dataset = new DicomBytes().Image(1, 2).Pixels(7, 9).ToArray();
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Optimal))
        {
            deflater.Write(dataset);
        }

        Assert.Equal([7f, 9f], Read(DicomBytes.Part10("1.2.840.10008.1.2.1.99").Raw(deflated.ToArray())).Pixels);
    }

    [Fact]
    public void Eight_bit_pixels_in_big_endian_words_are_unswapped()
    {
        DicomImage image = Read(DicomBytes.Part10("1.2.840.10008.1.2.2", true, true)
            .Image(1, 3, allocated: 8).Element(0x7FE0, 0x0010, "OW", [2, 1, 0, 3]));

        Assert.Equal([1f, 2f, 3f], image.Pixels);
    }

    [Fact]
    public void Bits_above_the_high_bit_do_not_count()
    {
        Assert.Equal([(float)0x123, 0xFFF], Read(DicomBytes.Part10().Image(1, 2, stored: 12).Pixels(0xF123, 0x8FFF)).Pixels);
    }

    [Fact]
    public void Bits_below_the_stored_ones_do_not_count()
    {
        Assert.Equal([(float)0x123], Read(DicomBytes.Part10().Image(1, 1, stored: 12, high: 15).Pixels(0x123F)).Pixels);
    }

    [Fact]
    public void Signed_values_are_extended_from_the_high_bit()
    {
        DicomImage image = Read(DicomBytes.Part10().Image(1, 3, stored: 12, signed: true).Pixels(0x7800, 0xF7FF, 0x0FFF));

        Assert.Equal([-2048f, 2047f, -1f], image.Pixels);
    }

    [Fact]
    public void Unsigned_32_bit_values_stay_positive()
    {
        DicomImage image = Read(DicomBytes.Part10().Image(1, 1, allocated: 32)
            .Element(0x7FE0, 0x0010, "OW", [0, 0, 0, 0x80]));

        Assert.Equal([2147483648f], image.Pixels);
    }

    [Fact]
    public void Slope_and_intercept_apply()
    {
        DicomImage image = Read(DicomBytes.Part10().Image(1, 2)
            .Text(0x0028, 0x1052, "DS", "-1024").Text(0x0028, 0x1053, "DS", " 2.5 ").Pixels(0, 4));

        Assert.Equal([-1024f, -1014f], image.Pixels);
    }

    [Fact]
    public void Monochrome1_is_mirrored_in_its_stored_range_before_rescaling()
    {
        DicomImage unsigned = Read(DicomBytes.Part10().Image(1, 2, stored: 12, photometric: "MONOCHROME1")
            .Text(0x0028, 0x1052, "DS", "1").Text(0x0028, 0x1053, "DS", "2").Pixels(0, 4000));
        DicomImage signed = Read(DicomBytes.Part10().Image(1, 2, stored: 12, signed: true, photometric: "MONOCHROME1").Pixels(0x800, 0x7FF));

        Assert.Equal([(4095 * 2) + 1f, (95 * 2) + 1f], unsigned.Pixels);
        Assert.Equal([2047f, -2048f], signed.Pixels);
    }

    [Fact]
    public void Sequences_of_undefined_length_nested_and_private_are_passed_over()
    {
        DicomBytes file = DicomBytes.Part10()
            .Header(0x0008, 0x1140, "SQ", DicomBytes.UndefinedLength)
            .Item(DicomBytes.UndefinedLength)
            .Image(9, 9)
            .Header(0x0008, 0x1199, "SQ", DicomBytes.UndefinedLength)
            .Item(DicomBytes.UndefinedLength).UInt16(0x0028, 0x0010, 8).EndOfItem()
            .Item(10).UInt16(0x0028, 0x0010, 7)
            .EndOfSequence()
            .EndOfItem()
            .EndOfSequence()
            .Text(0x0009, 0x0010, "LO", "PRIVATE")
            .Element(0x0009, 0x1001, "UN", [1, 2, 3, 4, 5, 6])
            .Header(0x0009, 0x1002, "UN", DicomBytes.UndefinedLength);
        byte[] implicitItem = new DicomBytes(explicitVr: false).Item(DicomBytes.UndefinedLength)
            .UInt16(0x0028, 0x0010, 6).EndOfItem().EndOfSequence().ToArray();

        Assert.Equal([5f], Read(file.Raw(implicitItem).Image(1, 1).Pixels(5)).Pixels);
    }

    [Fact]
    public void Sequences_nested_without_end_are_refused()
    {
        DicomBytes file = DicomBytes.Part10();
        for (int i = 0; i < 100_000; i++)
        {
            file.Header(0x0008, 0x1140, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength);
        }

        Refuses(file, ErrorIds.DicomInvalid);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_bare_data_set_is_recognised(bool explicitVr, bool bigEndian)
    {
        DicomBytes file = new DicomBytes(explicitVr, bigEndian).Text(0x0008, 0x0060, "CS", "MR").Image(1, 1).Pixels(515);

        Assert.Equal([515f], Read(file).Pixels);
        Assert.True(DicomFile.LooksLikeDicom(file.ToArray(), file.ToArray().Length));
    }

    [Fact]
    public void A_missing_preamble_is_accepted()
    {
        byte[] whole = DicomBytes.Part10().Image(1, 1).Pixels(6).ToArray();

        Assert.Equal([6f], DicomImageReader.ReadFrames(FilePath, whole[132..]).First().Pixels);
    }

    [Fact]
    public void A_missing_transfer_syntax_is_guessed()
    {
        DicomBytes file = DicomBytes.Part10(transferSyntax: null, explicitVr: false).Text(0x0008, 0x0060, "CS", "MR").Image(1, 1).Pixels(6);

        Assert.Equal([6f], Read(file).Pixels);
    }

    [Fact]
    public void Bytes_after_the_pixels_do_not_matter()
    {
        Assert.Equal([6f], Read(DicomBytes.Part10().Image(1, 1).Pixels(6).Raw(1, 2, 3)).Pixels);
    }

    [Fact]
    public void Run_lengths_are_decoded_most_significant_byte_first()
    {
        byte[] frame = new byte[64 + 8];
        frame[0] = 2;
        frame[4] = 64;
        frame[8] = 64 + 2;

        // High bytes: 1 three times; then low bytes: a no-op, 5 and 6 literally, and 7 once more.
        new byte[] { 0xFE, 1, 0x80, 2, 5, 6, 7, 0 }.CopyTo(frame, 64);

        DicomImage image = Read(DicomBytes.Part10("1.2.840.10008.1.2.5").Image(1, 3).Fragments(frame));

        Assert.Equal([256 + 5f, 256 + 6f, 256 + 7f], image.Pixels);
    }

    [Fact]
    public void Imager_spacing_stands_in_only_where_pixel_spacing_is_left_out()
    {
        DicomBytes imager = DicomBytes.Part10().Text(0x0018, 0x1164, "DS", "0.1\\0.2").Image(1, 1).Pixels(1);
        DicomBytes zero = DicomBytes.Part10().Text(0x0018, 0x1164, "DS", "0.1\\0.2").Text(0x0028, 0x0030, "DS", "0\\0").Image(1, 1).Pixels(1);

        Assert.Equal(new PixelSpacing(0.1, 0.2), Read(imager).Spacing);
        Assert.Null(Read(zero).Spacing);
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("-1\\1")]
    [InlineData("a\\b")]
    [InlineData("NaN\\1")]
    [InlineData("1e999\\1")]
    [InlineData("")]
    public void Unusable_spacing_is_no_spacing(string spacing)
    {
        Assert.Null(Read(DicomBytes.Part10().Text(0x0028, 0x0030, "DS", spacing).Image(1, 1).Pixels(1)).Spacing);
    }

    [Fact]
    public void The_patient_is_identified_by_id_then_by_study()
    {
        DicomBytes both = DicomBytes.Part10().Text(0x0010, 0x0020, "LO", " A7  ").Text(0x0020, 0x000D, "UI", "1.2.3").Image(1, 1).Pixels(1);
        DicomBytes study = DicomBytes.Part10().Text(0x0010, 0x0020, "LO", "  ").Text(0x0020, 0x000D, "UI", "1.2.3").Image(1, 1).Pixels(1);

        Assert.Equal("A7", Read(both).PatientIdentity);
        Assert.Equal("1.2.3", Read(study).PatientIdentity);
        Assert.Null(Read(DicomBytes.Part10().Image(1, 1).Pixels(1)).PatientIdentity);
        Assert.DoesNotContain("A7", Read(both).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level")]
    [InlineData("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Image Compression (Lossless Only)")]
    [InlineData("1.2.3.4", "private or unknown transfer syntax")]
    public void Other_transfer_syntaxes_are_refused_by_name_and_uid(string uid, string name)
    {
        FileFormatException error = Refuses(DicomBytes.Part10(uid).Image(1, 1).Fragments([1, 2]), ErrorIds.DicomUnsupported);

        Assert.Contains($"{name} ({uid})", error.Message, StringComparison.Ordinal);
        Assert.Contains("gdcmconv --raw", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_pixels_is_named_so()
    {
        Refuses(DicomBytes.Part10().Text(0x0008, 0x0060, "CS", "SR"), ErrorIds.DicomNotAnImage);
        Refuses(DicomBytes.Part10().Image(1, 1).Pixels(), ErrorIds.DicomNoPixels);
    }

    [Fact]
    public void Advice_is_apart_from_the_finding_and_fits_it()
    {
        Advises(Refuses(new DicomBytes().Raw(new byte[200]), ErrorIds.NotDicom), "Remove the file from the folder, or export the image as DICOM.");
        Advises(Refuses(DicomBytes.Part10().Text(0x0008, 0x0060, "CS", "SR"), ErrorIds.DicomNotAnImage), "Remove it from the folder, or export the image itself.");
        Advises(Refuses(DicomBytes.Part10().Image(2, 2).Pixels(1), ErrorIds.DicomTruncated), "Copy the file again, or export it again.");
        string correct = "Correct the element, for example with dcmtk's dcmodify, or export the image again.";
        Advises(Refuses(DicomBytes.Part10().Image(1, 1, 16, 17, 16).Pixels(1), ErrorIds.DicomInvalid), correct);
        Advises(Refuses(DicomBytes.Part10().Image(1, 1).Text(0x0028, 0x1053, "DS", "0").Pixels(1), ErrorIds.DicomInvalid), correct);
        Advises(Refuses(DicomBytes.Part10().Image(1, 1).Text(0x0028, 0x1053, "DS", "x").Pixels(1), ErrorIds.DicomInvalid), correct);

        static void Advises(FileFormatException error, string advice)
        {
            Assert.Equal(advice, error.Advice);
            Assert.EndsWith(".", error.Finding, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\b(copy|export|remove|correct) ", error.Finding);
        }
    }

    [Fact]
    public void Too_few_pixels_are_truncation() => Refuses(DicomBytes.Part10().Image(2, 2).Pixels(1, 2, 3), ErrorIds.DicomTruncated);

    [Fact]
    public void A_promise_beyond_the_file_names_element_and_offset()
    {
        byte[] start = DicomBytes.Part10().Image(1, 1).ToArray();
        FileFormatException error = Refuses(
            new DicomBytes().Raw(start).Header(0x7FE0, 0x0010, "OW", 0xFFFFFFF0).Raw(1, 2), ErrorIds.DicomTruncated);

        Assert.Contains("(7FE0,0010) should have 4294967280 bytes, but only 2 follow", error.Message, StringComparison.Ordinal);
        Assert.Equal(start.Length + 12, error.Offset);
    }

    [Theory]
    [InlineData(16, 17, 16)]
    [InlineData(16, 12, 16)]
    [InlineData(16, 12, 10)]
    [InlineData(16, 0, 15)]
    public void Contradicting_bit_depths_are_refused(int allocated, int stored, int high) =>
        Refuses(DicomBytes.Part10().Image(1, 1, allocated, stored, high).Pixels(1), ErrorIds.DicomInvalid);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("x", "0")]
    [InlineData("1e300", "0")]
    [InlineData("1", "1e300")]
    public void Slopes_that_leave_no_values_are_refused(string slope, string intercept) =>
        Refuses(DicomBytes.Part10().Image(1, 1).Text(0x0028, 0x1052, "DS", intercept).Text(0x0028, 0x1053, "DS", slope).Pixels(1), ErrorIds.DicomInvalid);

    [Fact]
    public void Files_of_other_kinds_are_not_DICOM()
    {
        Refuses(new DicomBytes(), ErrorIds.NotDicom);
        Refuses(new DicomBytes().Raw(0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), ErrorIds.NotDicom);
        Refuses(new DicomBytes().Raw(new byte[200]), ErrorIds.NotDicom);
    }

    [Fact]
    public void A_large_image_in_a_small_file_is_refused_before_memory_is_taken()
    {
        byte[] frame = new byte[64 + 4];
        frame[0] = 2;
        frame[4] = frame[8] = 64;
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refuses(DicomBytes.Part10("1.2.840.10008.1.2.5").Image(20_000, 20_000).Fragments(frame), ErrorIds.DicomTruncated);
        Refuses(DicomBytes.Part10("1.2.840.10008.1.2.4.70").Image(20_000, 20_000).Fragments(frame), ErrorIds.DicomTruncated);
        Refuses(DicomBytes.Part10().Image(20_000, 20_000).Pixels(1), ErrorIds.DicomTruncated);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    [Fact]
    public void A_missing_file_is_not_found()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");
        var error = Assert.Throws<MedSegException>(() => DicomImageReader.Read(path));

        Assert.Equal((ErrorKind.NotFound, path), (error.Kind, error.Path));
        Assert.False(DicomImageReader.IsDicom(path));
    }

    [Fact]
    public void A_folder_is_not_readable()
    {
        Assert.Throws<MedSegException>(() => DicomImageReader.Read(Path.GetTempPath()));
        Assert.False(DicomImageReader.IsDicom(Path.GetTempPath()));
    }
}
