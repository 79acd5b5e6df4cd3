using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MedSeg.PowerShell.Tests;

/// <summary>The error for each kind of bad model and image when a model is used, through the built module.</summary>
public sealed class SegmentationInputTests : IClassFixture<TrainedFixture>, IDisposable
{
    private const string Invoke = "Invoke-MedSegSegmentation -Model m.safetensors -OutputPath masks -Device Cpu -Path data/dicoms";
    private const string Import = "Import-MedSegDataset data -InputSize 32 -LabelName A, B, C, D";
    private readonly ModuleSession _session = new();

    public SegmentationInputTests(TrainedFixture trained) => trained.CopyTo(_session.Folder);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("CheckpointVersion", "version", "format 9")]
    [InlineData("SafetensorsTruncated", "cut", "Copy")]
    [InlineData("CheckpointDamaged", "damaged", "damaged or edited")]
    [InlineData("ModelMismatch", "labels", "another network")]
    [InlineData("NotMedSegModel", "pytorch", "Import-MedSegModel")]
    [InlineData("FileNotFound", "gone", "m.safetensors")]
    public void Bad_model_ends_both_commands_before_anything_is_written(string id, string how, string inMessage)
    {
        Spoil(_session.PathOf("m.safetensors"), how);

        foreach (string script in (string[])[Invoke, $"{Import} | Measure-MedSegModel m.safetensors -Device Cpu -PlotPath plot.png"])
        {
            ErrorRecord error = _session.Fail(script);
            Assert.Equal(id, ModuleSession.IdOf(error));
            Assert.Contains(_session.PathOf("m.safetensors"), error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains(inMessage, error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_session.PathOf("masks")));
        Assert.False(File.Exists(_session.PathOf("plot.png")));
    }

    [Theory]
    [InlineData("-InputSize 32 -LabelName A, B, C", "the ROIs are (A, B, C) in the data set and (A, B, C, D) in the model")]
    [InlineData("-InputSize 48 -LabelName A, B, C, D", "-InputSize is 48 in the data set and 32 in the model")]
    public void Data_set_of_another_kind_than_the_model_s_is_refused_with_both_numbers(string options, string inMessage)
    {
        // Masks with four ROIs do not fit three names, and are told of first.
        using System.Management.Automation.PowerShell shell = _session.Create($"Import-MedSegDataset data {options} -ErrorAction SilentlyContinue | Measure-MedSegModel m.safetensors");

        Assert.Empty(shell.Invoke());

        ErrorRecord error = Assert.Single(shell.Streams.Error, e => ModuleSession.IdOf(e) == "DatasetMismatch");
        Assert.Contains(inMessage, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_modality_are_flagged_and_warned_of_once()
    {
        ForEachScan(bytes => Replace(bytes, "CS\x02\0MR"u8, "CS\x02\0CT"u8));

        (List<PSObject> slices, string[] warnings) = Run(Invoke);

        Assert.All(slices, s => Assert.Contains("UnlikeTraining", s.Properties["Flags"].Value.ToString(), StringComparison.Ordinal));
        string warning = Assert.Single(warnings);
        Assert.Contains("differs from the training images: the modality is CT", warning, StringComparison.Ordinal);
        Assert.Contains("2 of 2 slices", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_far_from_the_training_intensities_are_flagged_and_warned_of_once()
    {
        ForEachScan(bytes =>
        {
            Span<ushort> pixels = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan(PixelsOf(bytes)));
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (ushort)Math.Min(65535, pixels[i] * 50);
            }
        });

        (List<PSObject> slices, string[] warnings) = Run(Invoke);

        Assert.All(slices, s => Assert.Contains("UnlikeTraining", s.Properties["Flags"].Value.ToString(), StringComparison.Ordinal));
        Assert.Contains("the mean of the values is", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_spacing_gives_no_areas_and_no_distances_and_a_warning()
    {
        ForEachScan(bytes => Replace(bytes, [0x28, 0, 0x30, 0, (byte)'D', (byte)'S'], [0x28, 0, 0x31, 0, (byte)'D', (byte)'S']));

        (List<PSObject> slices, string[] warnings) = Run(Invoke);

        Assert.All(slices, s => Assert.All(((IEnumerable)s.Properties["Rois"].Value).Cast<object>(), roi => Assert.Null(PSObject.AsPSObject(roi).Properties["Area"].Value)));
        Assert.Contains("no pixel spacing, so areas are in pixels only. This affects 2 of 2 slices", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.All(_session.Run($"({Invoke} -Force -WarningAction SilentlyContinue | Measure-MedSegArea).Volume"), Assert.Null);
        Assert.All(_session.Run($"({Import} | Measure-MedSegModel m.safetensors -Device Cpu -BySlice).Hausdorff95"), Assert.Null);
        Assert.Equal("SeriesPosition", ModuleSession.IdOf(_session.Fail($"{Invoke} -Format Nifti -WarningAction SilentlyContinue")));

        (slices, warnings) = Run($"{Invoke} -Format DicomSeg");
        Assert.Equal(2, slices.Count);
        Assert.Contains(warnings, w => w.Contains("has no positions", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_thickness_of_a_single_slice_is_never_taken_for_a_millimetre()
    {
        ForEachScan(bytes => Replace(bytes, [0x18, 0, 0x50, 0], [0x18, 0, 0x51, 0]));
        string one = Invoke + "/P03_S01.dcm";

        (_, string[] warnings) = Run($"{one} -Format Nifti");
        Assert.Contains("the NIfTI file is a 2D image", Assert.Single(warnings), StringComparison.Ordinal);
        (_, warnings) = Run($"{one} -Format DicomSeg");
        Assert.Contains("has no Pixel Measures", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal([".ctbl", ".dcm", ".gz", ".label"], Directory.GetFiles(_session.PathOf("masks")).Select(Path.GetExtension).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Scan_of_two_frames_has_a_mask_for_each_and_a_segmentation_that_refers_to_both()
    {
        string path = _session.PathOf("data", "dicoms", "P03_S01.dcm");
        File.WriteAllBytes(path, Doubled(File.ReadAllBytes(path)));
        string one = $"{Invoke}/P03_S01.dcm";

        (List<PSObject> slices, _) = Run(one);
        Assert.Equal(["P03_S01_f1.png", "P03_S01_f2.png"], slices.Select(s => Path.GetFileName((string)s.Properties["MaskPath"].Value)));
        Assert.Equal([1, 2], slices.Select(s => (int)s.Properties["Frame"].Value));

        // One position is not that of both.
        Assert.Equal("SeriesPosition", ModuleSession.IdOf(_session.Fail($"{one} -Format Nifti")));
        (slices, string[] warnings) = Run($"{one} -Format DicomSeg");
        Assert.Equal(2, slices.Count);
        Assert.Contains("references its images but has no positions", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(_session.PathOf("masks", "P03_S01.dcm")));
    }

    [Theory]
    [InlineData("Png", "P03_S01.png")]
    [InlineData("Npy", "P03_S02.npy")]
    [InlineData("Nifti", "P03_S01.nii.gz")]
    [InlineData("DicomSeg", "P03_S01.dcm")]
    [InlineData("RtStruct", "P03_S01.dcm")]
    [InlineData("SegNrrd", "P03_S01.seg.nrrd")]
    [InlineData("Tiff", "P03_S02.tif")]
    [InlineData("Nrrd", "labels.label")]
    public void Output_that_exists_ends_the_command_and_is_left_alone(string format, string name)
    {
        Directory.CreateDirectory(_session.PathOf("masks"));
        string path = _session.PathOf("masks", name);
        File.WriteAllText(path, "precious");

        ErrorRecord error = _session.Fail($"{Invoke} -Format {format}");

        Assert.Equal(("FileExists", ErrorCategory.ResourceExists), (ModuleSession.IdOf(error), error.CategoryInfo.Category));
        Assert.Contains("-Force", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Assert.Single(Directory.GetFiles(_session.PathOf("masks")))));
        Assert.Equal(2, _session.Run($"{Invoke} -Format {format} -Force").Count);
        Assert.NotEqual("precious", File.ReadAllText(path));
    }

    private (List<PSObject> Slices, string[] Warnings) Run(string script)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        List<PSObject> slices = [.. shell.Invoke()];
        Assert.Empty(shell.Streams.Error);
        return (slices, [.. shell.Streams.Warning.Select(w => w.Message)]);
    }

    private void ForEachScan(Action<byte[]> change)
    {
        foreach (string path in Directory.GetFiles(_session.PathOf("data", "dicoms")))
        {
            byte[] bytes = File.ReadAllBytes(path);
            change(bytes);
            File.WriteAllBytes(path, bytes);
        }
    }

    // The pixels are the last element of a scan: tag, OW, two empty bytes, length.
    private static int PixelsOf(byte[] bytes) => bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xE0, 0x7F, 0x10, 0, (byte)'O', (byte)'W']) + 12;

    // States two frames before the number of rows, and repeats the pixels.
    private static byte[] Doubled(byte[] bytes)
    {
        int rows = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x28, 0, 0x10, 0, (byte)'U', (byte)'S']);
        int pixels = PixelsOf(bytes);
        byte[] plane = bytes[pixels..];
        return [.. bytes[..rows], 0x28, 0, 8, 0, .. "IS"u8, 2, 0, .. "2 "u8, .. bytes[rows..(pixels - 4)], .. BitConverter.GetBytes(2 * plane.Length), .. plane, .. plane];
    }

    private static void Replace(byte[] bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        int at = bytes.AsSpan().IndexOf(old);
        Assert.True(at > 0);
        with.CopyTo(bytes.AsSpan(at));
    }

    private static void Spoil(string path, string how)
    {
        byte[] content = File.ReadAllBytes(path);
        switch (how)
        {
            case "gone":
                File.Delete(path);
                return;
            case "cut":
                content = content[..(content.Length / 2)];
                break;
            case "damaged":
                content[^5] ^= 1;
                break;
            case "pytorch":
                content = File.ReadAllBytes(Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt"));
                break;
            case "version":
                content = WithMetadata(content, metadata => metadata["medseg.format"] = "9");
                break;
            default:
                content = WithMetadata(content, metadata =>
                {
                    KeyValuePair<string, JsonNode?> state = metadata.Single(m => m.Value!.GetValue<string>().Contains("\"LabelNames\"", StringComparison.Ordinal));
                    JsonNode json = JsonNode.Parse(state.Value!.GetValue<string>())!;
                    json["LabelNames"]!.AsArray().RemoveAt(3);
                    metadata[state.Key] = json.ToJsonString();
                    metadata["medseg.sha256"] = Digest(content, json.ToJsonString());
                });
                break;
        }

        File.WriteAllBytes(path, content);
    }

    // A safetensors file: the length of the header, the header, the tensors.
    private static byte[] WithMetadata(byte[] content, Action<JsonObject> change)
    {
        int length = (int)BitConverter.ToInt64(content);
        JsonNode header = JsonNode.Parse(content.AsSpan(8, length))!;
        change(header["__metadata__"]!.AsObject());
        string text = header.ToJsonString();
        byte[] bytes = Encoding.UTF8.GetBytes(text.PadRight(text.Length + ((8 - (Encoding.UTF8.GetByteCount(text) % 8)) % 8)));
        return [.. BitConverter.GetBytes((long)bytes.Length), .. bytes, .. content.AsSpan(8 + length)];
    }

    private static string Digest(byte[] content, string state)
    {
        int length = (int)BitConverter.ToInt64(content);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(state));
        foreach ((_, JsonNode? tensor) in JsonNode.Parse(content.AsSpan(8, length))!.AsObject().Where(t => t.Key != "__metadata__").OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            long[] ends = [.. tensor!["data_offsets"]!.AsArray().Select(n => n!.GetValue<long>())];
            hash.AppendData(content.AsSpan(8 + length + (int)ends[0], (int)(ends[1] - ends[0])));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
