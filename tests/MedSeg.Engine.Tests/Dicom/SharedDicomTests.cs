using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Tests.Dicom;

/// <summary>Real files, against what pydicom and GDCM decode them to.</summary>
public class SharedDicomTests
{
    private const string Missing = "The folder shared/dicom with real DICOM files and manifest.json was not found in any folder above the tests.";

    private static readonly string[] s_files =
    [
        "CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm", "JPGExtended.dcm",
        "SC_rgb_jpeg_gdcm.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small_jp2klossless.dcm", "image_dfl.dcm", "examples_overlay.dcm",
        "liver_1frame.dcm", "SC_rgb_rle.dcm", "rtdose.dcm", "MR_truncated.dcm",
    ];

    /// <summary>Gets the folder, or null.</summary>
    internal static string? Folder
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "shared", "dicom");
                if (File.Exists(Path.Combine(candidate, "manifest.json")))
                {
                    return candidate;
                }
            }

            return null;
        }
    }

    public static TheoryData<string> Files => new(s_files);

    [Fact]
    public void Every_file_of_the_manifest_is_tested()
    {
        if (Folder is not { } folder)
        {
            Assert.Skip(Missing);
            return;
        }

        Assert.Equal(s_files.Order(), Manifest(folder).Select(entry => entry.GetProperty("file").GetString()!).Order());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_decodes_as_the_manifest_says_or_is_refused(string file)
    {
        if (Folder is not { } folder)
        {
            Assert.Skip(Missing);
            return;
        }

        JsonElement entry = Manifest(folder).Single(item => item.GetProperty("file").GetString() == file);
        string path = Path.Combine(folder, file);
        Assert.True(DicomImageReader.IsDicom(path));
        if (entry.TryGetProperty("error_expected", out _))
        {
            Assert.Equal(ErrorIds.DicomTruncated, Assert.Throws<FileFormatException>(() => DicomImageReader.Read(path)).ErrorId);
        }
        else
        {
            CheckPixels(path, entry);
        }
    }

    private static void CheckPixels(string path, JsonElement entry)
    {
        DicomImage[] frames = [.. DicomImageReader.ReadFrames(path)];
        DicomImage image = frames[0];
        Assert.Equal(Enumerable.Range(1, entry.GetProperty("frames").GetInt32()), frames.Select(f => f.Frame));
        Assert.Equal(entry.GetProperty("rows").GetInt32(), image.Rows);
        Assert.Equal(entry.GetProperty("columns").GetInt32(), image.Columns);
        Assert.Equal(entry.GetProperty("bits_stored").GetInt32(), image.BitsStored);
        Assert.Equal(entry.GetProperty("transfer_syntax").GetString(), image.TransferSyntaxUid);
        if (entry.TryGetProperty("pixel_spacing_mm", out JsonElement spacing))
        {
            Assert.Equal(new PixelSpacing(spacing[0].GetDouble(), spacing[1].GetDouble()), image.Spacing);
        }

        CheckDescription(path, entry);
        int[] stored = DicomImageReader.ReadStored(path);
        JsonElement expected = entry.GetProperty("stored");
        if (entry.GetProperty("transfer_syntax").GetString() is "1.2.840.10008.1.2.4.50" or "1.2.840.10008.1.2.4.51")
        {
            Assert.InRange(stored.Average() - expected.GetProperty("mean").GetDouble(), -0.5, 0.5);
            Assert.InRange(stored.Min() - expected.GetProperty("min").GetInt32(), -2, 2);
            Assert.InRange(stored.Max() - expected.GetProperty("max").GetInt32(), -2, 2);
        }
        else
        {
            Assert.Equal(expected.GetProperty("sha256_int32_le_row_major").GetString(), Hash(stored));
        }

        float[] real = [.. frames.SelectMany(f => f.Pixels)];
        double slope = entry.GetProperty("slope").GetDouble();
        double intercept = entry.GetProperty("intercept").GetDouble();
        bool isColor = entry.GetProperty("photometric").GetString() == "RGB";
        Assert.Equal(isColor ? stored.Length / 3 : stored.Length, real.Length);
        Assert.All(Enumerable.Range(0, real.Length), i => Assert.Equal(isColor ? Luminance(stored, i) : (float)((stored[i] * slope) + intercept), real[i]));
    }

    private static void CheckDescription(string path, JsonElement entry)
    {
        ImageInfo info = ImageInspector.Describe(path, hash: true);
        JsonElement stored = entry.GetProperty("stored");
        Assert.Equal(entry.GetProperty("frames").GetInt32(), info.Frames);
        Assert.Equal(entry.GetProperty("bits_allocated").GetInt32(), info.BitsAllocated);
        Assert.Equal(entry.GetProperty("signed").GetBoolean(), info.IsSigned);
        Assert.Equal(entry.GetProperty("photometric").GetString(), info.PhotometricInterpretation);
        Assert.InRange(info.Stored.Mean - stored.GetProperty("mean").GetDouble(), -0.5, 0.5);
        if (entry.GetProperty("transfer_syntax").GetString() != "1.2.840.10008.1.2.4.51")
        {
            Assert.Equal(stored.GetProperty("sha256_int32_le_row_major").GetString(), info.Sha256);
            Assert.Equal(stored.GetProperty("min").GetInt32(), info.Stored.Minimum);
            Assert.Equal(stored.GetProperty("max").GetInt32(), info.Stored.Maximum);
        }
    }

    private static float Luminance(int[] rgb, int pixel) =>
        (float)((0.299 * rgb[3 * pixel]) + (0.587 * rgb[(3 * pixel) + 1]) + (0.114 * rgb[(3 * pixel) + 2]));

    private static string Hash(int[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(int)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static List<JsonElement> Manifest(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return [.. document.RootElement.EnumerateArray().Select(item => item.Clone())];
    }
}
